import type { FileFunctions } from './file-functions.ts';

/** Brings the bytes of a file onto the disk (fsync). */
export async function syncFile(files: FileFunctions, path: string): Promise<void> {
  // Some systems refuse to sync what was opened for reading.
  const handle = await files.open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Brings the names in a folder onto the disk: without it a rename may be forgotten when the power fails. */
export async function syncFolder(files: FileFunctions, path: string): Promise<void> {
  // Windows cannot open folders; NTFS keeps a journal of names.
  if (process.platform === 'win32') return;
  const handle = await files.open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

import { BackendError } from '@videostorage/core';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';

/**
 * Call this before a missing file is treated as absent: on a disk that is not mounted every file is missing, which proves
 * nothing about a video.
 * @throws {BackendError} `BACKEND_UNAVAILABLE` when the folder itself is missing
 */
export async function requireFolder(files: FileFunctions, path: string): Promise<void> {
  try {
    await files.lstat(path);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new BackendError(
      'BACKEND_UNAVAILABLE',
      'The folder of the storage does not exist; check that its disk is mounted.',
      { cause },
    );
  }
}

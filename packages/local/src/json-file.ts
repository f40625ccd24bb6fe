import { BackendError } from '@videostorage/core';
import type { z } from 'zod';
import { isMissing } from './file-error.ts';
import { type FileFunctions, READ_NO_FOLLOW } from './file-functions.ts';

/** Our own files have some hundred bytes; a larger one is not ours. */
const MAX_BYTES = 64 * 1024;

/** Reads and checks a JSON file; undefined when there is none. @throws {BackendError} `BACKEND_BAD_RESPONSE` when it holds something else */
export async function readJsonFile<T>(
  files: FileFunctions,
  path: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  let text: string;
  try {
    const { size } = await files.lstat(path);
    if (size > MAX_BYTES) throw unreadable(`${path} has ${size} bytes`);
    text = await files.readFile(path, { encoding: 'utf8', flag: READ_NO_FOLLOW });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(`${path} holds something else`, cause);
  }
}

/**
 * Writes a JSON file so that readers, and whoever comes after a crash, see the old text or the new one, never a part.
 * To be called by one at a time for each file.
 */
export async function writeJsonFile(files: FileFunctions, path: string, value: object): Promise<void> {
  const draft = `${path}.draft`;
  try {
    const handle = await files.open(draft, 'w');
    try {
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(draft, path);
  } catch (error) {
    await files.rm(draft, { force: true });
    throw error;
  }
}

/** The path is for the host's own eyes: a cause does not cross the wire. */
function unreadable(what: string, cause?: unknown): BackendError {
  return new BackendError('BACKEND_BAD_RESPONSE', 'A record in the storage folder cannot be read.', {
    cause: new Error(what, { cause }),
  });
}

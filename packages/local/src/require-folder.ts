import { BackendError } from '@videostorage/core';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';

/**
 * To be asked before "it is not there" is believed: on a disk that is not mounted nothing is there, which says nothing of any
 * video.
 * @throws {BackendError} `BACKEND_UNAVAILABLE` when the folder itself is missing
 */
export async function requireFolder(files: FileFunctions, path: string): Promise<void> {
  try {
    await files.lstat(path);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new BackendError('BACKEND_UNAVAILABLE', 'The folder of the storage is not there.', { cause });
  }
}

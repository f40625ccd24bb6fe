import { isVideoStorageError } from '@videostorage/core';

/** The code of the error of a call; `resolved` when it succeeds, the text of an error from outside the library. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'resolved';
  } catch (error) {
    return isVideoStorageError(error) ? error.code : String(error);
  }
}

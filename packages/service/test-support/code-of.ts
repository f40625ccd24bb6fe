import { isVideoStorageError } from '@videostorage/core';

/** The code that a call is refused with; `resolved` when it is not, the text of an error that is not ours. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'resolved';
  } catch (error) {
    return isVideoStorageError(error) ? error.code : String(error);
  }
}

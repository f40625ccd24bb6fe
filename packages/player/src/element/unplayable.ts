import { BackendError, type VideoStorageError } from '@videostorage/core';

/** The player's `error` when the grant is valid but its source cannot be played; `cause` is the original error. */
export function unplayable(cause: unknown): VideoStorageError {
  return new BackendError('BACKEND_BAD_RESPONSE', 'The source of the video cannot be played.', { cause });
}

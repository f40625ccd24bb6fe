import { BackendError, type VideoStorageError } from '@videostorage/core';

/** What the player's `error` is when the grant is fine and its source is not; the cause is what happened. */
export function unplayable(cause: unknown): VideoStorageError {
  return new BackendError('BACKEND_BAD_RESPONSE', 'The source of the video cannot be played.', { cause });
}

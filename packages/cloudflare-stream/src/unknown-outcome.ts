import { isVideoStorageError, type StorageCall } from '@videostorage/core';

/**
 * Whether a request that creates something may have done so although it failed: its answer was lost, was not readable, or
 * the caller no longer waited for it. A refusal, and a request that was never sent, have created nothing.
 */
export function isOfUnknownOutcome(error: unknown, call: StorageCall): boolean {
  if (call.signal.aborted) return true;
  if (!isVideoStorageError(error) || !error.retryable) return false;
  return !('notSent' in error && error.notSent);
}

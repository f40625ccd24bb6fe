import type { VideoStorageError } from './video-storage-error.ts';

/** Notes on an error how often it was tried and how long was waited in between. */
export function recordAttempts<T extends VideoStorageError>(error: T, delaysMs: readonly number[]): T {
  Object.defineProperty(error, 'attempts', { value: delaysMs.length + 1, enumerable: true, configurable: true });
  Object.defineProperty(error, 'delaysMs', { value: [...delaysMs], enumerable: true, configurable: true });
  return error;
}

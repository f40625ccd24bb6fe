import type { VideoStorageError } from './video-storage-error.ts';

/** Records on an error how often it was tried and how long was waited in between, unless an inner layer tried it more often. */
export function recordAttempts<T extends VideoStorageError>(
  error: T,
  attempts: number,
  delaysMs: readonly number[],
): T {
  if ((error.attempts ?? 0) > attempts) return error;
  define(error, 'attempts', attempts);
  define(error, 'delaysMs', [...delaysMs]);
  return error;
}

/** An error that somebody has frozen stays as it is. */
function define(error: Error, name: 'attempts' | 'delaysMs', value: unknown): void {
  Reflect.defineProperty(error, name, { value, enumerable: true, configurable: true });
}

import type { VideoStorageError } from './video-storage-error.ts';

/** Stamps an error with the number of attempts and the delays between them, unless an inner layer has made more attempts. */
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

/** A frozen error stays as it is. */
function define(error: Error, name: 'attempts' | 'delaysMs', value: unknown): void {
  Reflect.defineProperty(error, name, { value, enumerable: true, configurable: true });
}

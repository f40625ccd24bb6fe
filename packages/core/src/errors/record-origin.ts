import { isVideoStorageError } from './video-storage-error.ts';

/** Notes on one of our errors where it happened, unless that is known already; other values pass untouched. */
export function recordOrigin(error: unknown, backendName: string, operation: string): unknown {
  if (!isVideoStorageError(error)) return error;
  if (error.backendName === undefined) define(error, 'backendName', backendName);
  if (error.operation === undefined) define(error, 'operation', operation);
  return error;
}

/** An error that somebody has frozen stays as it is. */
function define(error: Error, name: 'backendName' | 'operation', value: string): void {
  Reflect.defineProperty(error, name, { value, enumerable: true, configurable: true });
}

import { isVideoStorageError } from './is-video-storage-error.ts';

/** Where an error happened. */
export interface ErrorOrigin {
  /** The storage it happened on. */
  readonly backendName: string;
  /** The public method, for instance `confirmUpload`. */
  readonly operation: string;
  /** Id of the upload that may have been created. */
  readonly uploadId?: string | undefined;
}

/** Stamps an error of this library with where it happened, unless it says so already. Returns other values unchanged. */
export function recordOrigin(error: unknown, origin: ErrorOrigin): unknown {
  if (!isVideoStorageError(error)) return error;
  if (error.backendName === undefined) define(error, 'backendName', origin.backendName);
  if (error.operation === undefined) define(error, 'operation', origin.operation);
  if (origin.uploadId !== undefined && error.uploadId === undefined) define(error, 'uploadId', origin.uploadId);
  return error;
}

/** A frozen error stays as it is. */
function define(error: Error, name: keyof ErrorOrigin, value: string): void {
  Reflect.defineProperty(error, name, { value, enumerable: true, configurable: true });
}

import { isVideoStorageError } from './is-video-storage-error.ts';

/** Where an error happened. */
export interface ErrorOrigin {
  /** The storage it happened on. */
  readonly backendName: string;
  /** What was being done, for instance `confirmUpload`. */
  readonly operation: string;
  /** Our id of the upload that may have been created. */
  readonly uploadId?: string | undefined;
}

/** Records on one of our errors where it happened, unless that is known already; other values pass untouched. */
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

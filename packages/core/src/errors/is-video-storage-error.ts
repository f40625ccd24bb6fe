import type { BackendError, ConfigurationError, StoreUnavailableError, TimeoutError } from './backend-errors.ts';
import type {
  AccessError,
  ConflictError,
  ContentMismatchError,
  ContentUnverifiableError,
  NotUploadedError,
  QuotaExceededError,
  RateLimitedError,
  UploadExpiredError,
  ValidationError,
  VideoNotFoundError,
  WebhookRefusedError,
} from './request-errors.ts';

/** Every error of the library, discriminated by `code`: after `case 'VALIDATION_FAILED'` the `problems` are there. */
export type AnyVideoStorageError =
  | AccessError
  | BackendError
  | ConfigurationError
  | ConflictError
  | ContentMismatchError
  | ContentUnverifiableError
  | NotUploadedError
  | QuotaExceededError
  | RateLimitedError
  | StoreUnavailableError
  | TimeoutError
  | UploadExpiredError
  | ValidationError
  | VideoNotFoundError
  | WebhookRefusedError;

/** Whether it is an error of this library, from whichever copy of the package; narrows to the union of all of them. */
export function isVideoStorageError(value: unknown): value is AnyVideoStorageError {
  return value instanceof Error && (value as { readonly isVideoStorageError?: unknown }).isVideoStorageError === true;
}

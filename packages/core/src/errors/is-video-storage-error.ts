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

/** Every error of the library, a union discriminated by `code`: `case 'VALIDATION_FAILED'` narrows to the one with `problems`. */
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

/** Whether a value is an error of this library, from any copy of the package. Narrows to the union of all errors. */
export function isVideoStorageError(value: unknown): value is AnyVideoStorageError {
  return value instanceof Error && (value as { readonly isVideoStorageError?: unknown }).isVideoStorageError === true;
}

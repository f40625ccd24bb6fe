import { type ErrorDetails, VideoStorageError } from './video-storage-error.ts';

/** Codes of `BackendError`. */
export type BackendErrorCode =
  | 'BACKEND_UNAVAILABLE'
  | 'BACKEND_THROTTLED'
  | 'BACKEND_BAD_RESPONSE'
  | 'BACKEND_REFUSED'
  | 'BACKEND_FULL';

/** What a `BackendError` may carry in addition to its message. */
export interface BackendErrorDetails extends ErrorDetails {
  /** The provider's HTTP status. */
  readonly status?: number | undefined;
  /**
   * The request certainly had no effect: connection refused, unknown host, throttled. Default: whether the code is
   * `BACKEND_THROTTLED`.
   */
  readonly notSent?: boolean | undefined;
}

const RETRYABLE: Readonly<Record<BackendErrorCode, boolean>> = {
  BACKEND_UNAVAILABLE: true,
  BACKEND_THROTTLED: true,
  BACKEND_BAD_RESPONSE: true,
  BACKEND_REFUSED: false,
  BACKEND_FULL: false,
};

/**
 * The provider failed: it cannot be reached, throttles, sends an unreadable answer, refuses the request, or has no space
 * left. `code` says which.
 */
export class BackendError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'BackendError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code: BackendErrorCode;
  /** The provider's HTTP status. */
  declare readonly status?: number;
  /** The request certainly had no effect: it was never sent, or the provider throttled it. */
  readonly notSent: boolean;

  constructor(code: BackendErrorCode, message: string, details: BackendErrorDetails = {}) {
    super(message, RETRYABLE[code], details);
    this.code = code;
    if (details.status !== undefined) this.status = details.status;
    this.notSent = details.notSent ?? code === 'BACKEND_THROTTLED';
  }
}

/** The deadline of the call passed. A caller's abort is never turned into this. */
export class TimeoutError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'TimeoutError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'TIMEOUT' as const;

  constructor(message = 'The storage did not answer in time.', details?: ErrorDetails) {
    super(message, true, details);
  }
}

/** The store of records or of rate limits cannot be reached, so the call was refused. */
export class StoreUnavailableError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'StoreUnavailableError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'STORE_UNAVAILABLE' as const;

  constructor(message = 'The store of records or limits is unavailable; please try again.', details?: ErrorDetails) {
    super(message, true, details);
  }
}

/** Wrong options; thrown at construction. The message explains the fix. */
export class ConfigurationError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'ConfigurationError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'MISCONFIGURED' as const;

  constructor(message: string, details?: ErrorDetails) {
    super(message, false, details);
  }
}

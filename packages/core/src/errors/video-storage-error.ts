import type { ErrorCode } from '../contract/error-code.ts';
import type { Problem } from '../contract/problem.ts';
import type { ErrorBody } from '../contract/wire.ts';
import { scrub } from '../log/scrub.ts';

/** What every error may carry in addition to its message: never options, headers, bodies or signed URLs. */
export interface ErrorDetails {
  /** The error that caused it; never sent to a browser. */
  readonly cause?: unknown;
  /** Delay after which the same call may succeed. */
  readonly retryAfterMs?: number | undefined;
  /** `backendName` of the storage on which the call was made. */
  readonly backendName?: string | undefined;
  /** The public method that failed, for instance `confirmUpload`. */
  readonly operation?: string | undefined;
  /** The provider's request id. */
  readonly providerRequestId?: string | undefined;
  /** How many attempts an SDK has already made; when there was more than one, `RetryHandler` makes no further attempt. */
  readonly attempts?: number | undefined;
}

/** Base class of all errors. Use `isVideoStorageError` and `code`, not `instanceof`: a package may be loaded twice. */
export abstract class VideoStorageError extends Error {
  /**
   * Marks the errors of this library, so that `isVideoStorageError` also recognises those of another copy of the package.
   */
  readonly isVideoStorageError: true = true;
  /** Stable code: branch on it, not on the message. */
  abstract readonly code: ErrorCode;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Delay after which the same call may succeed. */
  declare readonly retryAfterMs?: number;
  /** `backendName` of the storage on which the call was made. */
  declare readonly backendName?: string;
  /** The public method that failed, for instance `confirmUpload`. */
  declare readonly operation?: string;
  /** The provider's request id. */
  declare readonly providerRequestId?: string;
  /**
   * Id of the upload that `getUploadUrl` may have created. Pass it as `uploadId` when you try again, to get the same
   * video.
   */
  declare readonly uploadId?: string;
  /** Number of attempts; set by `RetryHandler`. */
  declare readonly attempts?: number;
  /** Delays between the attempts; set by `RetryHandler`. */
  declare readonly delaysMs?: readonly number[];

  /** Masks what looks like a credential in the message, before the stack repeats it. */
  protected constructor(message: string, retryable: boolean, details: ErrorDetails = {}) {
    super(scrub(message), 'cause' in details ? { cause: details.cause } : undefined);
    this.retryable = retryable;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.backendName !== undefined) this.backendName = details.backendName;
    if (details.operation !== undefined) this.operation = details.operation;
    if (details.providerRequestId !== undefined) this.providerRequestId = details.providerRequestId;
    if (details.attempts !== undefined) this.attempts = details.attempts;
  }

  /** `code`, `message`, `retryable`, `retryAfterMs` and, for a `ValidationError`, `problems`; nothing else. */
  toJSON(): ErrorBody['error'] {
    const problems = (this as { readonly problems?: readonly Problem[] }).problems;
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(problems !== undefined && { problems }),
    };
  }
}

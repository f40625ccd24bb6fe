import type { ErrorCode } from '../contract/error-code.ts';
import type { Problem } from '../contract/problem.ts';
import type { ErrorBody } from '../contract/wire.ts';
import { scrub } from '../log/scrub.ts';

/** What every error may carry beside its message. Holds no options, headers, bodies or signed URLs. */
export interface ErrorDetails {
  /** What led to it; stays on this side of the wire. */
  readonly cause?: unknown;
  /** Wait this long before the same call. */
  readonly retryAfterMs?: number | undefined;
  /** The storage it happened on. */
  readonly backendName?: string | undefined;
  /** What was being done, for instance `confirmUpload`. */
  readonly operation?: string | undefined;
  /** The provider's request id. */
  readonly providerRequestId?: string | undefined;
  /** How often an SDK below us has tried already; above 1, it is not tried again. */
  readonly attempts?: number | undefined;
}

/** The base of all errors. Distinguished by brand and code, never by `instanceof`: a package may be loaded twice. */
export abstract class VideoStorageError extends Error {
  /** The brand; `isVideoStorageError` looks at it. */
  readonly isVideoStorageError: true = true;
  /** Stable, for branching. */
  abstract readonly code: ErrorCode;
  /** The same call may succeed later without change. */
  readonly retryable: boolean;
  /** Wait this long before the same call. */
  readonly retryAfterMs?: number;
  /** The storage it happened on. */
  readonly backendName?: string;
  /** What was being done. */
  readonly operation?: string;
  /** The provider's request id. */
  readonly providerRequestId?: string;
  /** Our id of the upload that `getUploadUrl` may have created: pass it again to get the same video. */
  readonly uploadId?: string;
  /** How often it was tried; set by `RetryHandler`. */
  readonly attempts?: number;
  /** The waits between the attempts; set by `RetryHandler`. */
  readonly delaysMs?: readonly number[];

  /** What looks like a credential in the message is masked, before the stack repeats it. */
  protected constructor(message: string, retryable: boolean, details: ErrorDetails = {}) {
    super(scrub(message), 'cause' in details ? { cause: details.cause } : undefined);
    this.retryable = retryable;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.backendName !== undefined) this.backendName = details.backendName;
    if (details.operation !== undefined) this.operation = details.operation;
    if (details.providerRequestId !== undefined) this.providerRequestId = details.providerRequestId;
    if (details.attempts !== undefined) this.attempts = details.attempts;
  }

  /** Code, message, retryable, retryAfterMs and, for validation, problems; nothing else. */
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

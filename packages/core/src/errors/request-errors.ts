import type { Problem } from '../contract/problem.ts';
import type { LimitScope } from '../contract/rate-limit.ts';
import type { VideoFailure } from '../contract/video-metadata.ts';
import { type ErrorDetails, VideoStorageError } from './video-storage-error.ts';
import { waitInWords } from './wait-in-words.ts';

/** The request is not valid: fix it. Holds every problem at once. */
export class ValidationError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'ValidationError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'VALIDATION_FAILED' as const;
  /** Everything that is wrong, in the order of the request's members. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], details?: ErrorDetails) {
    super(problems.map((problem) => problem.message).join(' ') || 'The request is not valid.', false, details);
    this.problems = problems;
  }
}

/** The content contradicts what was declared, or exceeds a limit of the request. The bytes were deleted. */
export class ContentMismatchError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'ContentMismatchError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'CONTENT_MISMATCH' as const;
  /** Which fact differs. */
  readonly failure: VideoFailure;

  constructor(failure: VideoFailure, details?: ErrorDetails) {
    super(failure.message, false, details);
    this.failure = failure;
  }
}

/**
 * The content could not be determined: it is too complex to be probed in time, unreadable, or has no duration although the
 * request limited it. The bytes are kept until the upload reference expires; a server may accept them with
 * `confirmUpload(reference, { userId, acceptUnverified: true })`.
 */
export class ContentUnverifiableError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'ContentUnverifiableError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'CONTENT_UNVERIFIABLE' as const;

  constructor(message = 'The content of the file could not be determined.', details?: ErrorDetails) {
    super(message, false, details);
  }
}

/** The bytes, or some of them, have not arrived: send them first. */
export class NotUploadedError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'NotUploadedError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'NOT_UPLOADED' as const;

  constructor(details?: ErrorDetails) {
    super('The file has not arrived yet.', false, details);
  }
}

/** The upload has expired: ask for a new ticket. */
export class UploadExpiredError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'UploadExpiredError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'UPLOAD_EXPIRED' as const;

  constructor(details?: ErrorDetails) {
    super('The time for this upload is over; please start again.', false, details);
  }
}

/**
 * There is no such video, or it belongs to another user, or the reference is forged: all cases get the same answer, so
 * that ids cannot be guessed.
 */
export class VideoNotFoundError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'VideoNotFoundError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'VIDEO_NOT_FOUND' as const;

  constructor(details?: ErrorDetails) {
    super('There is no such video.', false, details);
  }
}

/** The state of the upload or video does not allow the call. */
export class ConflictError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'ConflictError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'CONFLICT' as const;

  constructor(message: string, details?: ErrorDetails) {
    super(message, false, details);
  }
}

/** The user must sign in (`UNAUTHENTICATED`), or may not do this (`ACCESS_DENIED`). */
export class AccessError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'AccessError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code: 'UNAUTHENTICATED' | 'ACCESS_DENIED';

  constructor(code: 'UNAUTHENTICATED' | 'ACCESS_DENIED', details?: ErrorDetails) {
    super(code === 'UNAUTHENTICATED' ? 'Please sign in.' : 'You may not do this.', false, details);
    this.code = code;
  }
}

/** A rate limit is reached: wait for `retryAfterMs`. */
export class RateLimitedError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'RateLimitedError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'RATE_LIMITED' as const;
  /** Scope of the limit that was reached. */
  readonly scope: LimitScope;
  /** How many calls the rule allows in its window. */
  readonly limit: number;
  /** Length of the rule's window; absent when the server's answer did not contain it. */
  declare readonly windowSeconds?: number;
  /** Delay in milliseconds after which the call would be allowed, unless other calls are counted meanwhile. */
  declare readonly retryAfterMs: number;

  constructor(
    full: {
      readonly scope: LimitScope;
      readonly limit: number;
      readonly windowSeconds?: number | undefined;
      readonly retryAfterMs: number;
    },
    details?: ErrorDetails,
  ) {
    super(`Too many requests; please try again in ${waitInWords(full.retryAfterMs)}.`, true, {
      ...details,
      retryAfterMs: full.retryAfterMs,
    });
    this.scope = full.scope;
    this.limit = full.limit;
    if (full.windowSeconds !== undefined) this.windowSeconds = full.windowSeconds;
  }
}

/** The storage quota is used up: delete something first. */
export class QuotaExceededError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'QuotaExceededError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code = 'QUOTA_EXCEEDED' as const;
  /** Whose quota is used up: the user's, the context's, the tenant's, or the one for all (`global`). */
  readonly scope: LimitScope;
  /** The quota's bound that would be exceeded: uploads, bytes or seconds. Never sent to a browser, so absent there. */
  declare readonly limit?: number;

  constructor(scope: LimitScope, details?: ErrorDetails, limit?: number) {
    super('The storage quota is used up; please delete something first.', false, details);
    this.scope = scope;
    if (limit !== undefined) this.limit = limit;
  }
}

/** The webhook is not signed by the provider, is too old, or cannot be parsed. */
export class WebhookRefusedError extends VideoStorageError {
  /** Name of the class, as a literal because minifiers rename classes. */
  override readonly name = 'WebhookRefusedError' as const;
  /** Stable code: branch on it, not on the message. */
  readonly code: 'WEBHOOK_SIGNATURE_INVALID' | 'WEBHOOK_MALFORMED';

  constructor(
    code: 'WEBHOOK_SIGNATURE_INVALID' | 'WEBHOOK_MALFORMED',
    details?: ErrorDetails,
    message: string = code === 'WEBHOOK_SIGNATURE_INVALID'
      ? 'The signature of the webhook could not be verified.'
      : 'The webhook could not be read.',
  ) {
    super(message, false, details);
    this.code = code;
  }
}

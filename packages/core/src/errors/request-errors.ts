import type { Problem } from '../contract/problem.ts';
import type { LimitScope } from '../contract/rate-limit.ts';
import type { VideoFailure } from '../contract/video-metadata.ts';
import { type ErrorDetails, VideoStorageError } from './video-storage-error.ts';
import { waitInWords } from './wait-in-words.ts';

/** Fix the request: holds every problem at once. */
export class ValidationError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'ValidationError' as const;
  /** Stable, for branching. */
  readonly code = 'VALIDATION_FAILED' as const;
  /** Everything that is wrong, in the order of the request's members. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], details?: ErrorDetails) {
    super(problems.map((problem) => problem.message).join(' ') || 'The request is not valid.', false, details);
    this.problems = problems;
  }
}

/** What arrived contradicts what was declared or limited, proven; it was removed. */
export class ContentMismatchError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'ContentMismatchError' as const;
  /** Stable, for branching. */
  readonly code = 'CONTENT_MISMATCH' as const;
  /** In what it differs. */
  readonly failure: VideoFailure;

  constructor(failure: VideoFailure, details?: ErrorDetails) {
    super(failure.message, false, details);
    this.failure = failure;
  }
}

/**
 * The content could not be determined: too complex to be probed in time, unreadable, or without a duration although the
 * request limited it. The bytes are kept until the upload reference ends; a server may accept them by
 * `confirmUpload(reference, { acceptUnverified: true })`.
 */
export class ContentUnverifiableError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'ContentUnverifiableError' as const;
  /** Stable, for branching. */
  readonly code = 'CONTENT_UNVERIFIABLE' as const;

  constructor(message = 'The content of the file could not be determined.', details?: ErrorDetails) {
    super(message, false, details);
  }
}

/** Send the bytes first. */
export class NotUploadedError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'NotUploadedError' as const;
  /** Stable, for branching. */
  readonly code = 'NOT_UPLOADED' as const;

  constructor(details?: ErrorDetails) {
    super('The file has not arrived yet.', false, details);
  }
}

/** Ask for a new upload ticket. */
export class UploadExpiredError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'UploadExpiredError' as const;
  /** Stable, for branching. */
  readonly code = 'UPLOAD_EXPIRED' as const;

  constructor(details?: ErrorDetails) {
    super('The time for this upload is over; please start again.', false, details);
  }
}

/** Missing, foreign or forged: one answer for all. */
export class VideoNotFoundError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'VideoNotFoundError' as const;
  /** Stable, for branching. */
  readonly code = 'VIDEO_NOT_FOUND' as const;

  constructor(details?: ErrorDetails) {
    super('There is no such video.', false, details);
  }
}

/** Its state does not allow this. */
export class ConflictError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'ConflictError' as const;
  /** Stable, for branching. */
  readonly code = 'CONFLICT' as const;

  constructor(message: string, details?: ErrorDetails) {
    super(message, false, details);
  }
}

/** Sign in (`UNAUTHENTICATED`), or not yours to do (`ACCESS_DENIED`). */
export class AccessError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'AccessError' as const;
  /** Stable, for branching. */
  readonly code: 'UNAUTHENTICATED' | 'ACCESS_DENIED';

  constructor(code: 'UNAUTHENTICATED' | 'ACCESS_DENIED', details?: ErrorDetails) {
    super(code === 'UNAUTHENTICATED' ? 'Please sign in.' : 'You may not do this.', false, details);
    this.code = code;
  }
}

/** Wait: one count is full. */
export class RateLimitedError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'RateLimitedError' as const;
  /** Stable, for branching. */
  readonly code = 'RATE_LIMITED' as const;
  /** Which count is full. */
  readonly scope: LimitScope;
  /** How many calls the rule allows in its window. */
  readonly limit: number;
  /** The rule's window; absent when nobody said it. */
  readonly windowSeconds?: number;
  /** Waiting exactly this long succeeds, if nobody else is faster. */
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

/** Free something: an upper bound over stored videos is reached. */
export class QuotaExceededError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'QuotaExceededError' as const;
  /** Stable, for branching. */
  readonly code = 'QUOTA_EXCEEDED' as const;
  /** Whose quota. */
  readonly scope: LimitScope;

  constructor(scope: LimitScope, details?: ErrorDetails) {
    super('The storage quota is used up; please delete something first.', false, details);
    this.scope = scope;
  }
}

/** The webhook does not come from the provider, came too late, or is not readable. */
export class WebhookRefusedError extends VideoStorageError {
  /** Literal, since minifiers change class names. */
  override readonly name = 'WebhookRefusedError' as const;
  /** Stable, for branching. */
  readonly code: 'WEBHOOK_SIGNATURE_INVALID' | 'WEBHOOK_MALFORMED';

  constructor(
    code: 'WEBHOOK_SIGNATURE_INVALID' | 'WEBHOOK_MALFORMED',
    details?: ErrorDetails,
    message: string = code === 'WEBHOOK_SIGNATURE_INVALID'
      ? 'The webhook was not verified.'
      : 'The webhook is not readable.',
  ) {
    super(message, false, details);
    this.code = code;
  }
}

import type { Problem } from '../contract/problem.ts';
import type { LimitScope } from '../contract/rate-limit.ts';
import { parseRetryAfter } from '../retry/retry-after.ts';
import { ownMember } from '../validation/own-member.ts';
import { BackendError, type BackendErrorCode, StoreUnavailableError, TimeoutError } from './backend-errors.ts';
import type { AnyVideoStorageError } from './is-video-storage-error.ts';
import {
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
} from './request-errors.ts';

/** An HTTP answer that refuses a call. */
export interface RefusedAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The parsed body: an `ErrorBody` when the routes have answered, anything when a proxy has. */
  readonly body: unknown;
  /** Headers of the answer; `Retry-After` and `RateLimit-Policy` are read. */
  readonly headers: { get(name: string): string | null };
}

const MAX_MESSAGE_LENGTH = 1000;
const DEFAULT_WAIT_MS = 1000;
/** An item of `RateLimit-Policy` as the routes send it. */
const POLICY = /^"[a-z-]*-(user|context|tenant|global)-\d+s";q=(\d{1,9});w=(\d{1,9})$/;

/**
 * For browsers: turns an answer of the HTTP routes back into the error that the server threw. An answer holds only a part
 * of that error; for the rest there are defaults: a `ContentMismatchError` has the failure `UNKNOWN`, a
 * `RateLimitedError` without a readable policy has the scope `user` and the limit 0. If the body is not an `ErrorBody`,
 * the status decides: 408, 425, 429 and 5xx are retryable.
 */
export function errorFromAnswer({ status, body, headers }: RefusedAnswer, operation?: string): AnyVideoStorageError {
  const error = memberOf(body, 'error');
  const code = memberOf(error, 'code');
  const said = memberOf(error, 'message');
  const message = typeof said === 'string' ? said.slice(0, MAX_MESSAGE_LENGTH) : `The server answered ${status}.`;
  const wait = memberOf(error, 'retryAfterMs');
  const isWait = typeof wait === 'number' && wait >= 0 && Number.isFinite(wait);
  const retryAfterMs = isWait ? wait : parseRetryAfter(headers.get('retry-after'), Date.now());
  const details = { retryAfterMs, operation, status };
  switch (code) {
    case 'VALIDATION_FAILED':
      return new ValidationError(problemsOf(memberOf(error, 'problems'), message), details);
    case 'CONTENT_MISMATCH':
      return new ContentMismatchError({ code: 'UNKNOWN', message }, details);
    case 'CONTENT_UNVERIFIABLE':
      return new ContentUnverifiableError(message, details);
    case 'NOT_UPLOADED':
      return new NotUploadedError(details);
    case 'UPLOAD_EXPIRED':
      return new UploadExpiredError(details);
    case 'VIDEO_NOT_FOUND':
      return new VideoNotFoundError(details);
    case 'CONFLICT':
      return new ConflictError(message, details);
    case 'UNAUTHENTICATED':
    case 'ACCESS_DENIED':
      return new AccessError(code, details);
    case 'RATE_LIMITED': {
      const policy = policyOf(headers.get('ratelimit-policy'));
      return new RateLimitedError({ ...policy, retryAfterMs: retryAfterMs ?? DEFAULT_WAIT_MS }, { operation });
    }
    case 'QUOTA_EXCEEDED':
      return new QuotaExceededError('user', details);
    case 'STORE_UNAVAILABLE':
      return new StoreUnavailableError(message, details);
    case 'TIMEOUT':
    case 'REQUEST_TIMEOUT':
      return new TimeoutError(message, details);
    case 'BACKEND_UNAVAILABLE':
    case 'BACKEND_THROTTLED':
    case 'BACKEND_BAD_RESPONSE':
    case 'BACKEND_REFUSED':
    case 'BACKEND_FULL':
      return new BackendError(code, message, details);
    default:
      // A 401 or 404 without an `ErrorBody`, such as a proxy's, does not mean that the session has ended or the video is
      // absent.
      return new BackendError(codeOfStatus(status), message, details);
  }
}

/** 408, 425, 429 and 5xx are retryable, whoever sent them; any other status is not. */
function codeOfStatus(status: number): BackendErrorCode {
  if ([408, 425, 429, 503].includes(status)) return 'BACKEND_THROTTLED';
  return status >= 500 ? 'BACKEND_UNAVAILABLE' : 'BACKEND_REFUSED';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? ownMember(value, name) : undefined;
}

function problemsOf(value: unknown, message: string): readonly Problem[] {
  const problems = Array.isArray(value) ? value.filter(isProblem) : [];
  return problems.length > 0 ? problems : [{ path: '', code: 'RULE', message }];
}

function isProblem(value: unknown): value is Problem {
  return ['path', 'code', 'message'].every((name) => typeof memberOf(value, name) === 'string');
}

function policyOf(header: string | null): {
  readonly scope: LimitScope;
  readonly limit: number;
  windowSeconds?: number;
} {
  const [, scope, limit, windowSeconds] = POLICY.exec(header ?? '') ?? [];
  if (scope === 'user' || scope === 'context' || scope === 'tenant' || scope === 'global') {
    return { scope, limit: Number(limit), windowSeconds: Number(windowSeconds) };
  }
  return { scope: 'user', limit: 0 };
}

import { type ErrorBody, isVideoStorageError, type RateLimitedError } from '@videostorage/core';
import { type AnswerCode, ERROR_STATUS, isAnswerCode } from './error-status.ts';
import { refusedRateLimitHeaders } from './rate-limit-headers.ts';
import { Refusal } from './refusal.ts';

/**
 * Messages for browsers in place of the errors' own: those of a storage may name buckets, accounts and addresses, those of
 * options the host app's settings.
 */
const OWN_MESSAGES: Partial<Record<AnswerCode, string>> = {
  BACKEND_UNAVAILABLE: 'The video storage cannot be reached; please try again.',
  BACKEND_THROTTLED: 'The video storage is busy; please try again.',
  BACKEND_BAD_RESPONSE: 'The video storage sent an unreadable answer; please try again.',
  BACKEND_FULL: 'The video storage is full.',
  BACKEND_REFUSED: 'The video storage refused the request.',
  TIMEOUT: 'The video storage did not answer in time; please try again.',
  STORE_UNAVAILABLE: 'The service is not available at the moment; please try again.',
};

const INTERNAL_MESSAGE = 'Something went wrong.';

/**
 * Each 401 names a scheme (RFC 9110, section 15.5.2). The host app decides how users sign in: no browser knows this scheme,
 * so none opens its password dialog.
 */
const CHALLENGES: Partial<Record<AnswerCode, string>> = {
  UNAUTHENTICATED: 'Session',
  WEBHOOK_SIGNATURE_INVALID: 'Webhook-Signature',
};

type Fields = Omit<ErrorBody['error'], 'requestId' | 'code'> & { readonly code: AnswerCode };

/** An error as an answer. */
export interface RefusedAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The body that the browser gets. */
  readonly body: ErrorBody;
  /** `Retry-After`, `RateLimit`, `Allow`, `WWW-Authenticate`, as far as they apply. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer to a thrown value: it never contains the stack, the cause, or a message that is not meant for browsers. */
export function toRefusedAnswer(error: unknown, requestId: string, policy: string): RefusedAnswer {
  const fields = toFields(error);
  const status = ERROR_STATUS[fields.code];
  const { retryAfterMs } = fields;
  const challenge = CHALLENGES[fields.code];
  const mayWait = status === 429 || status === 503;
  return {
    status,
    body: { error: { ...fields, requestId } },
    headers: {
      ...(mayWait && retryAfterMs !== undefined && { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(isRateLimited(error) && refusedRateLimitHeaders(policy, error)),
      ...(error instanceof Refusal && error.details.allow !== undefined && { Allow: error.details.allow }),
      ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
    },
  };
}

function toFields(error: unknown): Fields {
  if (error instanceof Refusal) {
    const { code, message, details } = error;
    const { problems } = details;
    return { code, message, retryable: code === 'REQUEST_TIMEOUT', ...(problems !== undefined && { problems }) };
  }
  if (!isVideoStorageError(error) || !isAnswerCode(error.code)) {
    return { code: 'INTERNAL', message: INTERNAL_MESSAGE, retryable: false };
  }
  const { code, retryable, retryAfterMs } = error;
  return {
    ...{ code, message: OWN_MESSAGES[code] ?? error.message, retryable },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(error.code === 'VALIDATION_FAILED' && { problems: error.problems }),
  };
}

function isRateLimited(error: unknown): error is RateLimitedError {
  return isVideoStorageError(error) && error.code === 'RATE_LIMITED';
}

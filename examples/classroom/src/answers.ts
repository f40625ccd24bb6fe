import { randomUUID } from 'node:crypto';
import {
  type ErrorBody,
  type ErrorCode,
  type HttpErrorCode,
  isVideoStorageError,
  type SignedCookie,
} from '@videostorage/core';
import { ZodError } from 'zod';

/** HTTP status of every refusal. */
const STATUS: Readonly<Record<ErrorCode | HttpErrorCode, number>> = {
  VALIDATION_FAILED: 422,
  CONTENT_MISMATCH: 422,
  CONTENT_UNVERIFIABLE: 422,
  NOT_UPLOADED: 409,
  UPLOAD_EXPIRED: 410,
  VIDEO_NOT_FOUND: 404,
  CONFLICT: 409,
  UNAUTHENTICATED: 401,
  ACCESS_DENIED: 403,
  RATE_LIMITED: 429,
  QUOTA_EXCEEDED: 403,
  WEBHOOK_SIGNATURE_INVALID: 401,
  WEBHOOK_MALFORMED: 400,
  BACKEND_UNAVAILABLE: 502,
  BACKEND_THROTTLED: 503,
  BACKEND_BAD_RESPONSE: 502,
  BACKEND_REFUSED: 502,
  BACKEND_FULL: 503,
  TIMEOUT: 504,
  STORE_UNAVAILABLE: 503,
  MISCONFIGURED: 500,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  BODY_INVALID: 400,
  ORIGIN_REFUSED: 403,
  INTERNAL: 500,
};

/** A refusal of the routes themselves. */
export class RouteRefusal extends Error {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** JSON, never cached, never sniffed. */
export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const all = {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': randomUUID(),
    ...headers,
  };
  return body === undefined
    ? new Response(null, { status, headers: all })
    : Response.json(body, { status, headers: all });
}

/** Any thrown value as an answer; what is not known says nothing of itself. */
export function refusal(thrown: unknown): Response {
  const error = describe(thrown);
  const { retryAfterMs } = error;
  const headers = retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
  return answer(STATUS[error.code], { error }, headers);
}

/** A cookie that the page's script never sees. */
export function setCookie(cookie: SignedCookie): string {
  const sameSite = cookie.sameSite === 'none' ? 'None' : 'Lax';
  const domain = cookie.domain === undefined ? '' : `; Domain=${cookie.domain}`;
  return `${cookie.name}=${cookie.value}; Path=${cookie.path}${domain}; Secure; HttpOnly; SameSite=${sameSite}`;
}

function describe(thrown: unknown): ErrorBody['error'] {
  if (isVideoStorageError(thrown)) return thrown.toJSON();
  if (thrown instanceof RouteRefusal) return { code: thrown.code, message: thrown.message, retryable: false };
  if (thrown instanceof ZodError) {
    const message = thrown.issues.map((issue) => issue.message).join(' ');
    return { code: 'BODY_INVALID', message, retryable: false };
  }
  console.error(thrown);
  return { code: 'INTERNAL', message: 'Something went wrong here; please try again.', retryable: true };
}

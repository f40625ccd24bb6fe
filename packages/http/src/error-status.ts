import type { ErrorCode, HttpErrorCode } from '@videostorage/core';

/** Every code that an answer may have. */
export type AnswerCode = Exclude<ErrorCode, 'MISCONFIGURED'> | HttpErrorCode;

/**
 * The only table of codes and statuses. `MISCONFIGURED` is not here: its message explains the host app's own settings, so a
 * browser gets `INTERNAL`.
 */
export const ERROR_STATUS: Readonly<Record<AnswerCode, number>> = {
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
  BACKEND_FULL: 503,
  BACKEND_REFUSED: 502,
  TIMEOUT: 504,
  STORE_UNAVAILABLE: 503,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  HEADERS_TOO_LARGE: 431,
  UNSUPPORTED_MEDIA_TYPE: 415,
  BODY_INVALID: 400,
  ORIGIN_REFUSED: 403,
  INTERNAL: 500,
};

/** All of them, in the order of the table. */
export const errorCodes: readonly AnswerCode[] = Object.keys(ERROR_STATUS).filter(isAnswerCode);

/** Whether an answer may have this code. */
export function isAnswerCode(code: string): code is AnswerCode {
  return Object.hasOwn(ERROR_STATUS, code);
}

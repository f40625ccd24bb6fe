/**
 * Stable codes of all errors, for callers to branch on. Errors that a caller handles differently have different codes.
 */
export type ErrorCode =
  | 'VALIDATION_FAILED'
  | 'CONTENT_MISMATCH'
  | 'CONTENT_UNVERIFIABLE'
  | 'NOT_UPLOADED'
  | 'UPLOAD_EXPIRED'
  | 'VIDEO_NOT_FOUND'
  | 'CONFLICT'
  | 'UNAUTHENTICATED'
  | 'ACCESS_DENIED'
  | 'RATE_LIMITED'
  | 'QUOTA_EXCEEDED'
  | 'WEBHOOK_SIGNATURE_INVALID'
  | 'WEBHOOK_MALFORMED'
  | 'BACKEND_UNAVAILABLE'
  | 'BACKEND_THROTTLED'
  | 'BACKEND_BAD_RESPONSE'
  | 'BACKEND_REFUSED'
  | 'BACKEND_FULL'
  | 'TIMEOUT'
  | 'STORE_UNAVAILABLE'
  | 'MISCONFIGURED';

/** Codes that only the HTTP routes answer with. */
export type HttpErrorCode =
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'REQUEST_TIMEOUT'
  | 'BODY_TOO_LARGE'
  | 'HEADERS_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'BODY_INVALID'
  | 'ORIGIN_REFUSED'
  | 'INTERNAL';

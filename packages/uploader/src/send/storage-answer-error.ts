import { BackendError, parseRetryAfter } from '@videostorage/core';
import type { SenderAnswer } from './request-sender.ts';

/** Statuses that pass: 408 and 425 too, which Amazon and Cloudflare send for a slow connection; 409 and 423 are tus's own. */
const TEMPORARY = new Set([408, 409, 423, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524]);
/** S3 sends it with status 400 when a connection was idle for 20 s. */
const REQUEST_TIMEOUT = /<Code>RequestTimeout<\/Code>/;

/** What a storage's refusal of bytes means; `BACKEND_REFUSED` where sending the same again is of no use. */
export function storageAnswerError({ status, text, header }: SenderAnswer): BackendError {
  const retryAfterMs = parseRetryAfter(header('Retry-After'), Date.now());
  if (status === 429 || status === 503) {
    return new BackendError('BACKEND_THROTTLED', 'The storage is busy.', { status, retryAfterMs });
  }
  if (TEMPORARY.has(status) || (status === 400 && REQUEST_TIMEOUT.test(text))) {
    return new BackendError('BACKEND_UNAVAILABLE', `The storage answered ${status}.`, { status, retryAfterMs });
  }
  return new BackendError('BACKEND_REFUSED', `The storage did not take the file (${status}).`, { status });
}

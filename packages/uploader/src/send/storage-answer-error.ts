import { BackendError, parseRetryAfter } from '@videostorage/core';
import type { SenderAnswer } from './request-sender.ts';

/** Temporary besides 429 and 5xx: Amazon and Cloudflare send them for a slow connection. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425]);
/**
 * For tus only: a wrong offset, which the next try requests again, a lock that our own previous request still holds, and a
 * proxy's limit on the size of a request, which the smaller chunk of the next try may keep.
 */
const TEMPORARY_FOR_TUS: ReadonlySet<number> = new Set([409, 413, 423]);
/** S3 sends it with status 400 when a connection was idle for 20 s. */
const REQUEST_TIMEOUT = /<Code>RequestTimeout<\/Code>/;

/** The error for a storage's answer that is not a success; `BACKEND_REFUSED` where sending the same again does not help. */
export function storageAnswerError({ status, text, header }: SenderAnswer, isTus = false): BackendError {
  const retryAfterMs = parseRetryAfter(header('Retry-After'), Date.now());
  if (status === 429 || status === 503) {
    return new BackendError('BACKEND_THROTTLED', 'The storage is busy.', { status, retryAfterMs });
  }
  const isTemporary = status >= 500 || TEMPORARY.has(status) || (isTus && TEMPORARY_FOR_TUS.has(status));
  if (isTemporary || (status === 400 && REQUEST_TIMEOUT.test(text))) {
    return new BackendError('BACKEND_UNAVAILABLE', `The storage answered ${status}.`, { status, retryAfterMs });
  }
  return new BackendError('BACKEND_REFUSED', `The storage did not take the file (${status}).`, { status });
}

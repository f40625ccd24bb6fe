import { BackendError, type BackendErrorCode, parseRetryAfter } from '@videostorage/core';
import type { Envelope } from './envelope.ts';
import type { HttpAnswer } from './http/http-send.ts';

/** "Not Found: The requested resource or operation was not found." */
export const NOT_FOUND_CODE = 10003;
/** "Storage capacity exceeded". */
const CAPACITY_CODE = 10011;

/** A refusal of the API as one of our errors. The one place where their words become ours. */
export function toCloudflareError(answer: HttpAnswer, envelope: Envelope | undefined, nowMs: number): BackendError {
  const { status } = answer;
  const [first] = envelope?.errors ?? [];
  const code = classify(status, envelope);
  const number = first === undefined ? '' : `, ${first.code}`;
  const sentence = status === 401 || status === 403 ? NOT_PERMITTED : SENTENCES[code];
  return new BackendError(code, `${sentence} (${status}${number}).`, {
    status,
    backendName: 'cloudflare-stream',
    vendorRequestId: answer.header('cf-ray'),
    retryAfterMs: code === 'BACKEND_FULL' ? undefined : parseRetryAfter(answer.header('retry-after'), nowMs),
    notSent: code === 'BACKEND_THROTTLED',
  });
}

const NOT_PERMITTED =
  'Cloudflare refused the request: `apiToken` needs the permission Account, Stream, Edit on `accountId`, and the account a Stream subscription';
const SENTENCES: Readonly<Record<BackendErrorCode, string>> = {
  BACKEND_UNAVAILABLE: 'Cloudflare failed',
  BACKEND_THROTTLED: 'Cloudflare asks to slow down',
  BACKEND_BAD_RESPONSE: 'Cloudflare gave an answer that cannot be read',
  BACKEND_REFUSED: 'Cloudflare refused the request',
  BACKEND_FULL: 'Cloudflare has no room for more videos right now',
};

function classify(status: number, envelope: Envelope | undefined): BackendErrorCode {
  const errors = envelope?.errors ?? [];
  if (errors.some((error) => error.code === CAPACITY_CODE)) return 'BACKEND_FULL';
  // 120 videos in the queue are told by 429 or 413; repeating soon does not help.
  if (status === 413) return 'BACKEND_FULL';
  if (status === 429)
    return errors.some((error) => /encod|queue/i.test(error.message)) ? 'BACKEND_FULL' : 'BACKEND_THROTTLED';
  if (status === 408 || status === 425) return 'BACKEND_UNAVAILABLE';
  if (status === 501 || status === 505) return 'BACKEND_REFUSED';
  if (status >= 500) return 'BACKEND_UNAVAILABLE';
  if (status >= 400) return 'BACKEND_REFUSED';
  return 'BACKEND_BAD_RESPONSE';
}

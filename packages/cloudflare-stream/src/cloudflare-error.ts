import { BackendError, type BackendErrorCode, parseRetryAfter } from '@videostorage/core';
import type { Envelope } from './envelope.ts';
import type { HttpAnswer } from './http/http-send.ts';

/** "Not Found: The requested resource or operation was not found.": the only answer that means absence. */
export const NOT_FOUND_CODE = 10003;
/** "Storage capacity exceeded". */
const CAPACITY_CODE = 10011;
/** "Could not route to …", "No route for that URI": the account or the path is wrong. */
const ROUTE_CODES: readonly number[] = [7000, 7003];
/** Characters of the provider's own message that are quoted at most. */
const MAX_SENTENCE_LENGTH = 300;

/** What a refusal is classified by, beside the answer itself. */
export interface RefusalContext {
  /** Whether the call creates a video, for which the account may be full. */
  readonly needsRoom: boolean;
  /** For dates in `Retry-After`. */
  readonly nowMs: number;
  /** Masks what must not be shown. */
  readonly scrub: (text: string) => string;
}

/**
 * Translates a refusal of the API to one of our errors, with Cloudflare's own sentence. No other code translates error codes of
 * Cloudflare.
 */
export function toCloudflareError(
  answer: HttpAnswer,
  envelope: Envelope | undefined,
  context: RefusalContext,
): BackendError {
  const { status } = answer;
  const codes = (envelope?.errors ?? []).map(({ code }) => code);
  const retryAfterMs = parseRetryAfter(answer.header('retry-after'), context.nowMs);
  const code = classify(status, codes, context.needsRoom && retryAfterMs === undefined);
  const theirs = quotedMessage(envelope, context.scrub);
  const numbers = [status, ...codes.filter((number) => number > 0).slice(0, 3)].join(', ');
  const message = `${explanation(code, status, codes)} (${numbers})${theirs === '' ? '.' : `: ${theirs}`}`;
  return new BackendError(code, message, {
    status,
    backendName: 'cloudflare-stream',
    providerRequestId: answer.header('cf-ray'),
    retryAfterMs: code === 'BACKEND_FULL' ? undefined : retryAfterMs,
    notSent: code === 'BACKEND_THROTTLED',
  });
}

const SENTENCES: Readonly<Record<BackendErrorCode, string>> = {
  BACKEND_UNAVAILABLE: 'Cloudflare failed',
  BACKEND_THROTTLED: 'Cloudflare asks to slow down',
  BACKEND_BAD_RESPONSE: 'Cloudflare sent an answer that cannot be read',
  BACKEND_REFUSED: 'Cloudflare refused the request',
  BACKEND_FULL: '',
};
const NOT_PERMITTED =
  'Cloudflare refused the request: `apiToken` needs the permission Account, Stream, Edit on `accountId`, and the account a Stream subscription';
const WRONG_ROUTE = 'Cloudflare does not know this account or path: check `accountId` and `apiOrigin`';
const NO_MINUTES =
  'The prepaid minutes of the Cloudflare account are used up or reserved: delete videos, shorten `defaultMaxDurationSeconds`, or buy minutes';
const TOO_MANY_ENCODING =
  'Cloudflare takes no more videos right now: as many as an account may have (120) wait for the encoder; ask again in minutes, not seconds';

function explanation(code: BackendErrorCode, status: number, codes: readonly number[]): string {
  if (code === 'BACKEND_FULL') return codes.includes(CAPACITY_CODE) ? NO_MINUTES : TOO_MANY_ENCODING;
  if (status === 401 || status === 403) return NOT_PERMITTED;
  if (status === 404 && codes.some((each) => ROUTE_CODES.includes(each))) return WRONG_ROUTE;
  return SENTENCES[code];
}

/** Cloudflare's sentences, on one line, bounded; quoted, since they are text from outside. */
function quotedMessage(envelope: Envelope | undefined, scrub: RefusalContext['scrub']): string {
  const text = (envelope?.errors ?? [])
    .map(({ message }) => message)
    .join(' ')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  const masked = scrub(text);
  if (masked === '') return '';
  return `“${masked.length > MAX_SENTENCE_LENGTH ? `${masked.slice(0, MAX_SENTENCE_LENGTH)}…` : masked}”`;
}

/**
 * 120 videos that wait for the encoder are answered by 429 or 413 (Cloudflare Stream, "FAQ"), with a message that is not
 * documented; a rate limit comes with `Retry-After` (Cloudflare, "API rate limits"). So a creation's 429 without it means that
 * the account is full: repeating the request soon does not help.
 */
function classify(status: number, codes: readonly number[], isRoomRefusal: boolean): BackendErrorCode {
  if (codes.includes(CAPACITY_CODE) || (isRoomRefusal && (status === 413 || status === 429))) return 'BACKEND_FULL';
  if (status === 429) return 'BACKEND_THROTTLED';
  if (status === 408 || status === 425) return 'BACKEND_UNAVAILABLE';
  if (status === 501 || status === 505) return 'BACKEND_REFUSED';
  if (status >= 500) return 'BACKEND_UNAVAILABLE';
  if (status >= 400) return 'BACKEND_REFUSED';
  return 'BACKEND_BAD_RESPONSE';
}

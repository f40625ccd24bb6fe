import {
  BackendError,
  errorFromAnswer,
  type SignedPart,
  TimeoutError,
  type UploadState,
  type UploadTicket,
  type VideoMetadata,
} from '@videostorage/core';
import type { HttpTransportOptions } from './create-http-transport.ts';
import type { TransportOptions, UploadTransport } from './upload-transport.ts';

const VIDEO = ['videoId', 'status'];
const DEFAULT_TIMEOUT_SECONDS = 60;
/** Sessions are often refused by software before the routes, without their error code: the user can sign in, and try again. */
const SIGNED_OUT = { error: { code: 'UNAUTHENTICATED' } };

/** The calls to the routes below a base path; loaded with the first call. `headers` of the options may be a method of `owner`. */
export function httpCalls(base: string, options: HttpTransportOptions, owner: object): UploadTransport {
  const upload = (reference: string) => `/uploads/${encodeURIComponent(reference)}`;
  const call = (operation: string, method: string, path: string, own: TransportOptions, body?: object) =>
    callRoute({ operation, method, url: base + path, body }, own, options, owner);
  return {
    async getUploadUrl(request, own) {
      const answer = await call('getUploadUrl', 'POST', '/uploads', own, request);
      return understood<UploadTicket>(answer, ['uploadReference', 'videoId', 'protocol', 'expiresAt']);
    },
    async getUpload(reference, own) {
      const answer = await call('getUpload', 'GET', upload(reference), own);
      return understood<UploadState>(answer, ['uploadReference', ...VIDEO]);
    },
    async signParts(reference, partNumbers, own) {
      const answer = await call('signParts', 'POST', `${upload(reference)}/parts`, own, { partNumbers });
      return understood<{ readonly parts: readonly SignedPart[] }>(answer, ['parts']).parts;
    },
    async confirmUpload(reference, body, own) {
      return understood<VideoMetadata>(
        await call('confirmUpload', 'POST', `${upload(reference)}/confirm`, own, body),
        VIDEO,
      );
    },
    async abortUpload(reference, own) {
      // The page of a captive portal is not a success.
      if ((await call('abortUpload', 'DELETE', upload(reference), own)) === undefined) throw notUnderstood();
    },
    async getVideo(videoId, own) {
      return understood<VideoMetadata>(
        await call('getVideo', 'GET', `/videos/${encodeURIComponent(videoId)}`, own),
        VIDEO,
      );
    },
  };
}

/** One call. @throws the host app's refusal, or the signal's reason */
async function callRoute(
  route: {
    readonly operation: string;
    readonly method: string;
    readonly url: string;
    readonly body?: object | undefined;
  },
  { signal, idempotencyKey }: TransportOptions,
  { headers, credentials = 'same-origin', fetch: send = fetch, timeoutSeconds }: HttpTransportOptions,
  owner: object,
): Promise<unknown> {
  const { operation, method, url, body } = route;
  const deadline = AbortSignal.timeout((timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000);
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  let answer: Response;
  let text: string;
  const ask = async () => {
    const own = typeof headers === 'function' ? await headers.call(owner) : headers;
    const response = await send(url, {
      ...{ method, credentials, cache: 'no-store' },
      headers: {
        ...own,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
      },
      signal: either,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { answer: response, text: await response.text() };
  };
  try {
    either.throwIfAborted();
    ({ answer, text } = await endedBy(either, ask()));
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (deadline.aborted) throw new TimeoutError('The server did not answer in time.', { cause, operation });
    throw new BackendError('BACKEND_UNAVAILABLE', 'The server cannot be reached.', { cause, operation });
  }
  const parsed = parseJson(text);
  if (answer.ok) return parsed;
  const { status, headers: fields } = answer;
  throw errorFromAnswer({ status, body: status === 401 ? SIGNED_OUT : parsed, headers: fields }, operation);
}

/** Functions of the page, such as `headers`, may never resolve, and do not get the signal. */
function endedBy<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    work.then(resolve, reject);
  });
}

/** An answer that lacks the members that are read is not the routes': a captive portal's page, for instance. It is retryable. */
function understood<Answer>(answer: unknown, members: readonly string[]): Answer {
  if (typeof answer === 'object' && answer !== null && members.every((name) => name in answer)) {
    return answer as Answer;
  }
  throw notUnderstood();
}

function notUnderstood(): BackendError {
  return new BackendError('BACKEND_BAD_RESPONSE', 'The answer of the server was not understood.');
}

/** Null for an empty answer; undefined for what is not JSON. */
function parseJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    // Not an answer of the routes; the code that reads it rejects it.
    return undefined;
  }
}

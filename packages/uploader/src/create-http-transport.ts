import {
  BackendError,
  type ConfirmUploadBody,
  checkOptions,
  errorFromAnswer,
  optional,
  optionOf,
  type SignedPart,
  TimeoutError,
  type UploadRequestBody,
  type UploadState,
  type UploadTicket,
  type VideoMetadata,
  wholeNumber,
} from '@videostorage/core';
import type { TransportOptions, UploadTransport } from './upload-transport.ts';

/** Options of `createHttpTransport`. */
export interface HttpTransportOptions {
  /** Sent with every call, for instance a session's token; a function is asked before each. Default none. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined;
  /** Whether cookies go along. Default `same-origin`; `include` for a host app of another origin. */
  readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
  /** Default the page's own. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** After so long without an answer a call fails with `TIMEOUT`, 1–600. Default 60. */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * The host app behind the routes of `@videostorage/http`. `endpoint` is their base path or URL, for instance `/api/video`.
 * What the host refuses is thrown as the error that it was there; an unreachable host as `BACKEND_UNAVAILABLE`.
 * @throws {ConfigurationError} with the sentence that repairs the options
 */
export function createHttpTransport(endpoint: string, options: HttpTransportOptions = {}): UploadTransport {
  const { headers, credentials, fetch: send, timeoutSeconds } = checkOptions('createHttpTransport', options, OPTIONS);
  const base = endpoint.replace(/\/+$/, '');

  async function call(
    operation: string,
    method: string,
    path: string,
    { signal, idempotencyKey }: TransportOptions,
    body?: object,
  ): Promise<unknown> {
    const own = typeof headers === 'function' ? await headers() : headers;
    const deadline = AbortSignal.timeout((timeoutSeconds ?? 60) * 1000);
    const init: RequestInit = {
      method,
      headers: {
        Accept: 'application/json',
        ...own,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
      },
      credentials: credentials ?? 'same-origin',
      cache: 'no-store',
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    let answer: Response;
    let text: string;
    try {
      answer = await (send ?? fetch)(base + path, init);
      text = await answer.text();
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      if (deadline.aborted) throw new TimeoutError('The server did not answer in time.', { cause, operation });
      throw new BackendError('BACKEND_UNAVAILABLE', 'The server cannot be reached.', { cause, operation });
    }
    const { status, ok, headers: answered } = answer;
    const parsed = parseJson(text);
    if (!ok) throw errorFromAnswer({ status, body: parsed, headers: answered }, operation);
    return status === 204 ? {} : parsed;
  }

  /** An answer that lacks what is read of it is not understood: a captive portal's page, for instance. */
  async function ask<Answer>(operation: string, members: readonly string[], called: Promise<unknown>): Promise<Answer> {
    const answer = await called;
    if (typeof answer === 'object' && answer !== null && members.every((name) => name in answer)) {
      return answer as Answer;
    }
    throw new BackendError('BACKEND_BAD_RESPONSE', 'The answer of the server was not understood.', { operation });
  }

  const upload = (reference: string) => `/uploads/${encodeURIComponent(reference)}`;
  return {
    getUploadUrl: (request: UploadRequestBody, options) =>
      ask<UploadTicket>(
        'getUploadUrl',
        ['uploadReference', 'videoId', 'protocol'],
        post('getUploadUrl', '/uploads', request, options),
      ),
    getUpload: (reference, options) =>
      ask<UploadState>(
        'getUpload',
        ['uploadReference', 'videoId', 'status'],
        call('getUpload', 'GET', upload(reference), options),
      ),
    async signParts(reference, partNumbers, options) {
      const signed = post('signParts', `${upload(reference)}/parts`, { partNumbers }, options);
      return (await ask<{ readonly parts: readonly SignedPart[] }>('signParts', ['parts'], signed)).parts;
    },
    confirmUpload: (reference, body: ConfirmUploadBody, options) =>
      ask<VideoMetadata>('confirmUpload', VIDEO, post('confirmUpload', `${upload(reference)}/confirm`, body, options)),
    async abortUpload(reference, options) {
      await call('abortUpload', 'DELETE', upload(reference), options);
    },
    getVideo: (videoId, options) =>
      ask<VideoMetadata>('getVideo', VIDEO, call('getVideo', 'GET', `/videos/${encodeURIComponent(videoId)}`, options)),
  };

  function post(operation: string, path: string, body: object, options: TransportOptions): Promise<unknown> {
    return call(operation, 'POST', path, options, body);
  }
}

const VIDEO = ['videoId', 'status'];

const OPTIONS = {
  headers: optional(
    optionOf(
      (value): value is NonNullable<HttpTransportOptions['headers']> =>
        typeof value === 'function' || (typeof value === 'object' && value !== null),
      'must be an object of headers, or a function that returns one',
    ),
  ),
  credentials: optional(
    optionOf(
      (value): value is NonNullable<HttpTransportOptions['credentials']> =>
        value === 'omit' || value === 'same-origin' || value === 'include',
      "must be 'omit', 'same-origin' or 'include'",
    ),
  ),
  fetch: optional(
    optionOf(
      (value): value is NonNullable<HttpTransportOptions['fetch']> => typeof value === 'function',
      'must be a function like fetch',
    ),
  ),
  timeoutSeconds: optional(wholeNumber(1, 600, 'seconds')),
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not our routes' answer: whoever reads it sees that its members are missing.
    return undefined;
  }
}

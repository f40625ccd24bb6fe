import {
  AccessError,
  BackendError,
  checkOptions,
  errorFromAnswer,
  optional,
  optionOf,
  type Playback,
  type PlaybackBody,
  type VideoStorageError,
} from '@videostorage/core';
import { parsePlayback } from './parse-playback.ts';

/** Longest answer that is read, in characters; a grant has some thousand. */
const MAX_ANSWER_LENGTH = 262_144;

/** Options of every call of a transport. */
export interface TransportOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How the player reaches the host app: the first grant and every renewal are the same call. `createPlaybackTransport` uses
 * the routes of `@videostorage/http`; a host app may write its own.
 */
export interface PlaybackTransport {
  /**
   * Requests a grant. An `AccessError` or `VideoNotFoundError` ends the playback; anything else that is thrown counts as an
   * outage, and the request is repeated. @throws {VideoStorageError}
   */
  getPlaybackUrl(videoId: string, body: PlaybackBody, options: TransportOptions): Promise<Playback>;
}

/** Options of `createPlaybackTransport`. */
export interface PlaybackTransportOptions {
  /** Sends the requests. Default: the browser's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Headers of every request, for instance a bearer token; a function is called before each, so that a token can be
   * renewed. Default: none.
   */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined;
  /** Whether cookies are sent: `include` for a host app on another origin. Default `same-origin`. */
  readonly credentials?: RequestCredentials | undefined;
}

/**
 * Creates a transport that requests grants with `POST {endpoint}/videos/{videoId}/playback`. `endpoint` is the path or
 * URL of the host app's routes, by default `/api/video`.
 * @throws {ConfigurationError} an option is unknown or wrong; the message says which, and how to fix it
 */
export function createPlaybackTransport(
  endpoint: string = '/api/video',
  options: PlaybackTransportOptions = {},
): PlaybackTransport {
  const checked = checkOptions('createPlaybackTransport', options, OPTIONS);
  const base = checkOptions('createPlaybackTransport', { endpoint }, ENDPOINT).endpoint.replace(/\/+$/, '');
  return {
    async getPlaybackUrl(videoId, body, { signal }) {
      const { headers = {}, credentials = 'same-origin' } = checked;
      const own = typeof headers === 'function' ? await headers.call(options) : headers;
      // Looked up with each request, so that replacing the page's `fetch` has an effect here too.
      const send = checked.fetch ?? globalThis.fetch;
      try {
        const response = await send(`${base}/videos/${encodeURIComponent(videoId)}/playback`, {
          method: 'POST',
          headers: { Accept: 'application/json', ...own, 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
          ...{ credentials, cache: 'no-store' },
          ...(signal !== undefined && { signal }),
        });
        const answer = readJson(await response.text());
        if (!response.ok) throw refusalOf(response, answer);
        return parsePlayback(answer, videoId);
      } catch (error) {
        signal?.throwIfAborted();
        // What `fetch` throws when the network fails, or the answer breaks off.
        if (!(error instanceof TypeError)) throw error;
        throw new BackendError('BACKEND_UNAVAILABLE', 'The host app could not be reached.', { cause: error });
      }
    },
  };
}

const CREDENTIALS: readonly unknown[] = ['omit', 'same-origin', 'include'] satisfies readonly RequestCredentials[];

const ENDPOINT = {
  endpoint: optionOf(
    (value): value is string => typeof value === 'string',
    'must be a path or URL, for instance /api/video',
  ),
};
const OPTIONS = {
  fetch: optional(
    optionOf((value): value is typeof globalThis.fetch => typeof value === 'function', 'must be a function like fetch'),
  ),
  headers: optional(
    optionOf(
      (value): value is NonNullable<PlaybackTransportOptions['headers']> =>
        typeof value === 'function' || (typeof value === 'object' && value !== null),
      'must be an object of headers, or a function that returns one',
    ),
  ),
  credentials: optional(
    optionOf(
      (value): value is RequestCredentials => CREDENTIALS.includes(value),
      "must be 'omit', 'same-origin' or 'include'",
    ),
  ),
};

/**
 * Sessions are often refused by software before the routes, so any 401 and 403 is a refusal. A 404 is one only with the
 * routes' own code.
 */
function refusalOf({ status, headers }: Response, body: unknown): VideoStorageError {
  const error = errorFromAnswer({ status, body, headers }, 'getPlaybackUrl');
  if (error.code !== 'BACKEND_REFUSED' || (status !== 401 && status !== 403)) return error;
  return new AccessError(status === 401 ? 'UNAUTHENTICATED' : 'ACCESS_DENIED', { operation: 'getPlaybackUrl' });
}

/** Undefined for anything but JSON, such as the page of a proxy. */
function readJson(text: string): unknown {
  if (text.length > MAX_ANSWER_LENGTH) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

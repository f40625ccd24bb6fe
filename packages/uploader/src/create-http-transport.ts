import { checkOptions, optional, optionOf, wholeNumber } from '@videostorage/core';
import { loadModule } from './load-module.ts';
import type { UploadTransport } from './upload-transport.ts';

/** Options of `createHttpTransport`. */
export interface HttpTransportOptions {
  /** Headers of every call, for instance with a session's token; a function is called before each call. Default: none. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined;
  /** Whether cookies are sent. Default `same-origin`; use `include` for a host app on another origin. */
  readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined;
  /** Replaces the page's `fetch`. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** A call without an answer fails with `TIMEOUT` after this long, 1–600. Default 60. */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * Creates a transport that calls the routes of `@videostorage/http`. `endpoint` is their path or URL, for instance
 * `/api/video`. When the host app refuses, a call rejects with the error that was thrown there; when the host app
 * cannot be reached, with `BACKEND_UNAVAILABLE`.
 * @throws {ConfigurationError} an option is unknown or out of bounds; the message says which, and how to fix it
 */
export function createHttpTransport(endpoint: string, options: HttpTransportOptions = {}): UploadTransport {
  const checked = checkOptions('createHttpTransport', options, OPTIONS);
  const base = endpoint.replace(/\/+$/, '');
  let calls: UploadTransport | undefined;
  const loaded = async () => {
    calls ??= (await loadModule(() => import('./http-calls.ts'))).httpCalls(base, checked, options);
    return calls;
  };
  return {
    getUploadUrl: async (request, own) => (await loaded()).getUploadUrl(request, own),
    getUpload: async (reference, own) => (await loaded()).getUpload(reference, own),
    signParts: async (reference, partNumbers, own) => (await loaded()).signParts(reference, partNumbers, own),
    confirmUpload: async (reference, body, own) => (await loaded()).confirmUpload(reference, body, own),
    abortUpload: async (reference, own) => (await loaded()).abortUpload(reference, own),
    getVideo: async (videoId, own) => (await loaded()).getVideo(videoId, own),
  };
}

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

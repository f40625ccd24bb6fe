import type { VideoRoutes } from './create-video-routes.ts';

/** An answer of the routes before it becomes a `Response`: a Node server writes it directly. */
export interface PlainAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Pairs of name and value; a name may occur several times. */
  readonly headers: readonly (readonly [string, string])[];
  /** JSON; absent = no body. */
  readonly body?: string;
}

/** Answers like `fetch`, but returns a plain answer; what a storage serves itself is a `Response`. */
export type PlainFetch = (request: Request) => Promise<PlainAnswer | Response>;

/** A global symbol, since the entries of this package may be bundled separately and must still recognise each other. */
const PLAIN_FETCH: unique symbol = Symbol.for('@videostorage/http.plainFetch');

/** The answer as a `Response`, for all other servers. */
export function toResponse({ status, headers, body }: PlainAnswer): Response {
  return new Response(body ?? null, {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
}

/** Routes with the quicker function. */
type QuickRoutes = VideoRoutes & { readonly [PLAIN_FETCH]?: PlainFetch };

/** Stores the quicker function on the routes. Not enumerable, so that a copy that a host app has changed does not have it. */
export function withPlainFetch(routes: VideoRoutes, plainFetch: PlainFetch): VideoRoutes {
  return Object.defineProperty(routes, PLAIN_FETCH, { value: plainFetch });
}

/** The quicker function, or `fetch` when there is none. */
export function plainFetchOf(routes: QuickRoutes): PlainFetch {
  return routes[PLAIN_FETCH] ?? routes.fetch;
}

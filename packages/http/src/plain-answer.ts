import type { VideoRoutes } from './create-video-routes.ts';

/** An answer of the routes before it is a `Response`: a Node server writes it without one. */
export interface PlainAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Name and value, a name several times where it must be. */
  readonly headers: readonly (readonly [string, string])[];
  /** JSON; absent = no body. */
  readonly body?: string;
}

/** Answers like `fetch`; what a storage serves itself is a `Response`. */
export type PlainFetch = (request: Request) => Promise<PlainAnswer | Response>;

/** The entries of this package may be bundled apart, and must know each other all the same. */
const PLAIN_FETCH: unique symbol = Symbol.for('@videostorage/http.plainFetch');

/** The answer for everybody else. */
export function toResponse({ status, headers, body }: PlainAnswer): Response {
  return new Response(body ?? null, {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
}

/** Routes that have the quicker way. */
type QuickRoutes = VideoRoutes & { readonly [PLAIN_FETCH]?: PlainFetch };

/** Notes the quicker way on the routes. A copy that a host app has changed does not have it: not enumerable. */
export function withPlainFetch(routes: VideoRoutes, plainFetch: PlainFetch): VideoRoutes {
  return Object.defineProperty(routes, PLAIN_FETCH, { value: plainFetch });
}

/** The quicker way, or `fetch` where there is none. */
export function plainFetchOf(routes: QuickRoutes): PlainFetch {
  return routes[PLAIN_FETCH] ?? routes.fetch;
}

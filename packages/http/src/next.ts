import { checkedRoutes } from './checked-routes.ts';
import type { VideoRoutes } from './create-video-routes.ts';

/** What a route file of Next's app folder exports. */
export type NextHandlers = Readonly<
  Record<'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS', (request: Request) => Promise<Response>>
>;

/**
 * The routes as handlers of Next's app folder. In `app/api/video/[...path]/route.ts`:
 * `export const { GET, HEAD, POST, PATCH, DELETE, OPTIONS } = toNextHandlers(() => createVideoRoutes(…));`
 *
 * Pass a function, since `next build` also loads route files, on a machine that may lack the settings: the function is
 * called once, at the first request. If it throws, that request fails with its error, and the next request calls it
 * again.
 * @throws {ConfigurationError} `routes` is neither a function nor what `createVideoRoutes` returns
 */
export function toNextHandlers(routes: VideoRoutes | (() => VideoRoutes)): NextHandlers {
  const create = () => checkedRoutes('toNextHandlers', typeof routes === 'function' ? routes() : routes);
  let created = typeof routes === 'function' ? undefined : create();
  const fetch = async (request: Request) => {
    created ??= create();
    return created.fetch(withoutSlash(request));
  };
  return { GET: fetch, HEAD: fetch, POST: fetch, PATCH: fetch, DELETE: fetch, OPTIONS: fetch };
}

/** With `trailingSlash: true` Next redirects clients to paths that end with a slash, which the routes' paths do not have. */
function withoutSlash(request: Request): Request {
  const url = new URL(request.url);
  if (!url.pathname.endsWith('/')) return request;
  url.pathname = url.pathname.slice(0, -1);
  return new Request(url, request);
}

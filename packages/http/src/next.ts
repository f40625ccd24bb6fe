import type { VideoRoutes } from './create-video-routes.ts';

/** What a route file of Next's app folder exports. */
export type NextHandlers = Readonly<
  Record<'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS', (request: Request) => Promise<Response>>
>;

/**
 * The routes as handlers of Next's app folder. In `app/api/video/[...path]/route.ts`:
 * `export const { GET, HEAD, POST, PATCH, DELETE, OPTIONS } = toNextHandlers(routes);`
 */
export function toNextHandlers({ fetch }: VideoRoutes): NextHandlers {
  return { GET: fetch, HEAD: fetch, POST: fetch, PATCH: fetch, DELETE: fetch, OPTIONS: fetch };
}

import { checkedRoutes } from './checked-routes.ts';
import type { VideoRoutes } from './create-video-routes.ts';

/** Middleware of Hono, typed by what it uses: the host app may have another copy of Hono. */
export type HonoMiddleware = (
  context: { readonly req: { readonly raw: Request } },
  next: () => Promise<void>,
) => Promise<Response | undefined>;

/**
 * The routes as middleware of Hono: `app.use(toHonoMiddleware(routes))`. Requests for other paths go on to `next`.
 * @throws {ConfigurationError} not what `createVideoRoutes` returns
 */
export function toHonoMiddleware(routes: VideoRoutes): HonoMiddleware {
  const checked = checkedRoutes('toHonoMiddleware', routes);
  return async ({ req: { raw } }, next) => {
    if (checked.ownsPath(raw.url)) return checked.fetch(raw);
    await next();
    return undefined;
  };
}

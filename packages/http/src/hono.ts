import { checkedRoutes } from './checked-routes.ts';
import type { VideoRoutes } from './create-video-routes.ts';

/**
 * Hono middleware. The type is declared here, with only the members that are used, since the host app may have another
 * copy of Hono.
 */
export type HonoMiddleware = (
  context: { readonly req: { readonly raw: Request } },
  next: () => Promise<void>,
) => Promise<Response | undefined>;

/**
 * The routes as middleware of Hono: `app.use(toHonoMiddleware(routes))`. Requests for other paths are passed to `next`.
 * @throws {ConfigurationError} `routes` is not what `createVideoRoutes` returns
 */
export function toHonoMiddleware(routes: VideoRoutes): HonoMiddleware {
  const checked = checkedRoutes('toHonoMiddleware', routes);
  return async ({ req: { raw } }, next) => {
    if (checked.ownsPath(raw.url)) return checked.fetch(raw);
    await next();
    return undefined;
  };
}

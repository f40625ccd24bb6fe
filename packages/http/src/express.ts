import type { ServerResponse } from 'node:http';
import type { VideoRoutes } from './create-video-routes.ts';
import { type RoutedRequest, toNodeListener } from './to-node-listener.ts';

export type { RoutedRequest } from './to-node-listener.ts';

/**
 * Express middleware. The type is declared here, with only the members that are used, so that Express is no dependency.
 */
export type ExpressHandler = (
  request: RoutedRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * The routes as middleware of Express 5: `app.use(toExpressHandler(routes))`, in front of `express.json()` and other parsers.
 * Requests for other paths are passed to the next handler.
 */
export function toExpressHandler(routes: VideoRoutes): ExpressHandler {
  return toNodeListener(routes);
}

import { checkOptions, optionOf } from '@videostorage/core';
import type { VideoRoutes } from './create-video-routes.ts';

const OPTIONS = {
  routes: optionOf((value): value is VideoRoutes => {
    const { basePaths, ownsPath, fetch }: Partial<Record<keyof VideoRoutes, unknown>> = Object(value);
    return Array.isArray(basePaths) && typeof ownsPath === 'function' && typeof fetch === 'function';
  }, 'must be what createVideoRoutes returns'),
};

/**
 * Checks the routes that an adapter gets, so that an error appears when the host app starts, not at its first request.
 * @throws {ConfigurationError}
 */
export function checkedRoutes(owner: string, routes: VideoRoutes): VideoRoutes {
  return checkOptions(owner, { routes }, OPTIONS).routes;
}

import { toResponse, withPlainFetch } from './plain-answer.ts';
import { servedStorages } from './served-storage.ts';
import { VideoRouter } from './video-router.ts';
import { checkRoutesOptions, type VideoRoutesOptions } from './video-routes-options.ts';

/** All that a host app mounts: the routes, and what storages serve themselves. */
export interface VideoRoutes {
  /** Paths below which the routes and the storages answer, for a router that passes requests on. Each without a slash at its end. */
  readonly basePaths: readonly string[];
  /** Whether a URL is answered here; the host app's router answers the others. */
  readonly ownsPath: (url: string) => boolean;
  /** Answers any request; never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/**
 * The routes of a `VideoService`, with what its storages serve themselves, as one function from Request to Response. For
 * frameworks there are `/node`, `/express`, `/fastify`, `/hono` and `/next`.
 * @throws {ConfigurationError} with every problem of the options and how to fix it
 */
export function createVideoRoutes(options: VideoRoutesOptions): VideoRoutes {
  const settings = checkRoutesOptions(options);
  const served = servedStorages(settings.service.storages);
  const router = new VideoRouter(settings, served);
  const routes: VideoRoutes = {
    basePaths: [...new Set([settings.basePath, ...served.map(({ basePath }) => basePath)])],
    ownsPath: (url) => router.ownsPath(url),
    async fetch(request) {
      const answer = await router.answer(request);
      return answer instanceof Response ? answer : toResponse(answer);
    },
  };
  return withPlainFetch(routes, (request) => router.answer(request));
}

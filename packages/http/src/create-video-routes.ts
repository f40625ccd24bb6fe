import { toResponse, withPlainFetch } from './plain-answer.ts';
import { servedStorages } from './served-storage.ts';
import { VideoRouter } from './video-router.ts';
import { checkRoutesOptions, type VideoRoutesOptions } from './video-routes-options.ts';

/** What a host app mounts: the routes, and the handlers of storages that serve requests themselves. */
export interface VideoRoutes {
  /** Paths below which the routes and the storages answer, for a router that passes requests on. None ends in a slash. */
  readonly basePaths: readonly string[];
  /** Whether a URL belongs to the routes or a storage; the host app's router answers all others. */
  readonly ownsPath: (url: string) => boolean;
  /** Answers any request, with 404 when no route or storage has its path; never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/**
 * Creates the routes of a `VideoService`, including the handlers of storages that serve requests themselves, as one
 * function from Request to Response. For frameworks there are `/node`, `/express`, `/fastify`, `/hono` and `/next`.
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

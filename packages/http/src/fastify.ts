import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VideoRoutes } from './create-video-routes.ts';
import { toNodeListener } from './to-node-listener.ts';

/** What the plugin uses of a Fastify instance. */
export interface FastifyLike {
  /** Runs before Fastify reads a body. */
  addHook(
    name: 'onRequest',
    hook: (request: FastifyLikeRequest, reply: FastifyLikeReply, done: () => void) => void,
  ): unknown;
  /** All methods that Fastify knows. */
  all(path: string, handler: () => never): unknown;
}

/** What the plugin uses of a request. */
export interface FastifyLikeRequest {
  /** Node's own. */
  readonly raw: IncomingMessage;
}

/** What the plugin uses of a reply. */
export interface FastifyLikeReply {
  /** Node's own. */
  readonly raw: ServerResponse;
  /** Keeps Fastify from answering as well. */
  hijack(): unknown;
  /** What hooks of the host app have set, which Fastify would send with an answer of its own. */
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}

/**
 * The routes as a plugin of Fastify 5: `app.register(videoRoutes, { routes })`. Requests are answered before Fastify reads
 * their body, so neither its parsers nor its `bodyLimit` apply to an upload; `onRequest` hooks of the host app do, and the headers
 * that they set are sent.
 */
export function videoRoutes(
  app: FastifyLike,
  { routes }: { readonly routes: VideoRoutes },
  done: (error?: Error) => void,
): void {
  const listener = toNodeListener(routes);
  app.addHook('onRequest', (request, reply) => {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    listener(request.raw, reply.raw);
  });
  for (const path of routes.basePaths) {
    app.all(`${path}/*`, () => {
      throw new Error('The hook has answered.');
    });
  }
  done();
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigurationError } from '@videostorage/core';
import type { VideoRoutes } from './create-video-routes.ts';
import { nodeListenerOf } from './to-node-listener.ts';

/** What the plugin uses of a Fastify instance. */
export interface FastifyLike {
  /** The prefix with which the plugin is registered, which Fastify puts in front of each path. Default: none. */
  readonly prefix?: string | undefined;
  /** Adds a hook; the plugin adds one that runs before Fastify reads a body. */
  addHook(
    name: 'onRequest',
    hook: (request: FastifyLikeRequest, reply: FastifyLikeReply, done: () => void) => void,
  ): unknown;
  /** Registers a handler of a path, for all HTTP methods that Fastify knows. */
  all(path: string, handler: () => never): unknown;
}

/** What the plugin uses of a request. */
export interface FastifyLikeRequest {
  /** The underlying object of `node:http`. */
  readonly raw: IncomingMessage;
}

/** What the plugin uses of a reply. */
export interface FastifyLikeReply {
  /** The underlying object of `node:http`. */
  readonly raw: ServerResponse;
  /** Keeps Fastify from sending its own answer. */
  hijack(): unknown;
  /** Headers that hooks of the host app have set, which Fastify would send with its own answer. */
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}

/**
 * The routes as a plugin of Fastify 5: `app.register(videoRoutes, { routes })`. Requests are answered before Fastify reads
 * their body, so neither its parsers nor its `bodyLimit` apply to an upload; `onRequest` hooks of the host app do run,
 * and the headers that they set are sent. When the plugin is registered with a `prefix`, the `basePath` of the routes
 * must begin with it; otherwise Fastify does not start.
 */
export function videoRoutes(
  app: FastifyLike,
  { routes }: { readonly routes: VideoRoutes },
  done: (error?: Error) => void,
): void {
  // Nothing is taken off here, and a `rewriteUrl` of the host app decides which route is met.
  const listener = nodeListenerOf(routes, ({ url = '/' }) => url);
  const prefix = (app.prefix ?? '').replace(/\/$/, '');
  const outside = routes.basePaths.find((path) => !`${path}/`.startsWith(`${prefix}/`));
  if (outside !== undefined) {
    const fix =
      'let `basePath` of the routes, or `baseUrl` of the storage, begin with it, or register without a prefix.';
    done(new ConfigurationError(`videoRoutes: ${outside || '/'} cannot be reached below the prefix ${prefix}: ${fix}`));
    return;
  }
  app.addHook('onRequest', (request, reply) => {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    listener(request.raw, reply.raw);
  });
  for (const path of routes.basePaths) {
    app.all(`${path.slice(prefix.length)}/*`, () => {
      throw new Error('The hook has answered.');
    });
  }
  done();
}

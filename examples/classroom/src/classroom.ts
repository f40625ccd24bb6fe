import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RateLimiter, type RateLimitRule, Secret, Validator } from '@videostorage/core';
import { createVideoRoutes } from '@videostorage/http';
import { toHonoMiddleware } from '@videostorage/http/hono';
import { Hono } from 'hono';
import type { ServerRequest } from 'srvx';
import { toNodeHandler } from 'srvx/node';
import type { Backend, BackendSettings, UploadProxy } from './backends/backend.ts';
import { ownRoutes } from './host/own-routes.ts';
import { actorOf } from './host/session.ts';
import { openVideos, type Videos } from './host/videos.ts';
import { keptSecret } from './kept-secret.ts';
import { PageFiles } from './page-files.ts';

const MAX_SIZE_BYTES = 200_000_000;
/** Low, so that a demo can reach it. */
const UPLOADS: readonly RateLimitRule[] = [{ scope: 'user', limit: 10, windowSeconds: 60 }];

/** Settings of a classroom. */
export interface ClassroomOptions {
  /** Folder of everything that survives a restart. */
  readonly folder: string;
  /** 0 = any free port. */
  readonly port: number;
  /** URL for browsers, when a proxy is in between. Default: its own address. */
  readonly publicUrl?: string | undefined;
  /** Creates the storage. */
  readonly backend: (settings: BackendSettings) => Promise<Backend>;
  /** See `BackendSettings`. */
  readonly uploadProxy?: UploadProxy | undefined;
  /** Default 10 uploads a minute per student. */
  readonly uploadRules?: readonly RateLimitRule[] | undefined;
}

/** The host app, on a port of 127.0.0.1 with the chosen storage: students submit videos, teachers watch them. */
export class Classroom {
  /** URL to open in a browser. */
  readonly url: string;
  /** Its own port on 127.0.0.1. */
  readonly port: number;
  readonly #server: Server;
  readonly #backend: Backend;
  readonly #videos: Videos;

  private constructor(server: Server, backend: Backend, videos: Videos, url: string) {
    this.#server = server;
    this.#backend = backend;
    this.#videos = videos;
    this.url = url;
    this.port = portOf(server);
  }

  /** Opens a classroom. */
  static async open(options: ClassroomOptions): Promise<Classroom> {
    // Node's default limit of five minutes is too short for an upload.
    const server = createServer({ requestTimeout: 0 });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
    });
    // In reverse order of opening.
    const opened: { close(): Promise<void> }[] = [];
    try {
      const url = options.publicUrl ?? `http://127.0.0.1:${portOf(server)}`;
      const secret = await keptSecret(options.folder);
      const backend = await options.backend({
        folder: options.folder,
        publicUrl: url,
        referenceSecret: new Secret(secret),
        validator: new Validator({ maxSizeBytes: MAX_SIZE_BYTES }),
        rateLimiter: new RateLimiter({ upload: options.uploadRules ?? UPLOADS }),
        uploadProxy: options.uploadProxy,
      });
      opened.unshift(backend);
      const videos = await openVideos(options.folder, backend, secret);
      opened.unshift(videos);
      const app = await classroomApp(url, backend, videos, secret);
      server.on(
        'request',
        toNodeHandler((request) => app.fetch(request)),
      );
      return new Classroom(server, backend, videos, url);
    } catch (error) {
      server.close();
      // An emulator that stays open keeps the process alive. The first error is thrown; an error of a close is a warning.
      for (const each of opened) await each.close().catch((failure: unknown) => process.emitWarning(String(failure)));
      throw error;
    }
  }

  /** A sentence for users that says where their videos are stored. */
  get storedAt(): string {
    return this.#backend.storedAt;
  }

  /** Closes all connections, and stops what the storage has started. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await this.#videos.close();
    await this.#backend.close();
  }
}

/** The routes for videos, the classroom's own routes, and its page. */
async function classroomApp(url: string, backend: Backend, videos: Videos, secret: string): Promise<Hono> {
  // Sessions are signed with another key than uploads and grants.
  const sessionSecret = `session:${secret}`;
  const page = await PageFiles.load(backend);
  const { storedAt, embedScriptUrl } = backend;
  const facts = { origin: new URL(url).origin, maxSizeBytes: MAX_SIZE_BYTES, storedAt, embedScriptUrl };
  const actor = (request: Request) => actorOf(request, sessionSecret);
  const app = new Hono();
  app.use(toHonoMiddleware(createVideoRoutes({ service: videos.service, actor })));
  app.get('*', async (context, next) => {
    const file = page.answer(context.req.path);
    if (file === undefined) return next();
    // Under another name of this computer, the page's own requests would have another origin than the routes allow.
    const isElsewhere = context.req.header('host') !== new URL(url).host;
    return isElsewhere ? context.redirect(new URL(context.req.path, url).href, 307) : file;
  });
  // For a chunked body Hono's `bodyLimit` creates a `Request` from this one, which works only with Node's own `Request`, not with
  // srvx's: https://github.com/h3js/srvx/pull/155
  app.use(async ({ req }, next) => {
    const { _request: nodeRequest = req.raw }: ServerRequest = req.raw;
    if (req.header('transfer-encoding') !== undefined) req.raw = nodeRequest;
    await next();
  });
  app.route('/', ownRoutes(videos, sessionSecret, facts));
  return app;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

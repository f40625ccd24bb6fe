import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RateLimiter, type RateLimitRule, Secret, Validator } from '@videostorage/core';
import { createVideoRoutes, type VideoRoutes } from '@videostorage/http';
import { Hono } from 'hono';
import { toNodeHandler } from 'srvx/node';
import { ASSIGNMENT } from './assignment.ts';
import type { Backend, BackendSettings } from './backends/backend.ts';
import { keptSecret } from './kept-secret.ts';
import { PageFiles } from './page-files.ts';
import { openVideos, type ServedVideos } from './records.ts';
import { Sessions } from './session.ts';
import { sessionRoutes } from './session-routes.ts';

const MAX_SIZE_BYTES = 200_000_000;
/** Small enough to be met in a demo. */
const UPLOADS: readonly RateLimitRule[] = [{ scope: 'user', limit: 10, windowSeconds: 60 }];

/** Settings of a classroom. */
export interface ClassroomOptions {
  /** All that survives a restart lives here. */
  readonly folder: string;
  /** 0 = a free one. */
  readonly port: number;
  /** Where browsers reach it, when something stands between. Default: its own address. */
  readonly publicUrl?: string | undefined;
  /** Makes the storage. */
  readonly backend: (settings: BackendSettings) => Promise<Backend>;
  /** Default 10 uploads a minute per student. */
  readonly uploadRules?: readonly RateLimitRule[] | undefined;
}

/** Students hand in videos, teachers watch them. */
export class Classroom {
  /** Where to go with a browser. */
  readonly url: string;
  /** Its own port on 127.0.0.1. */
  readonly port: number;
  readonly #server: Server;
  readonly #backend: Backend;
  readonly #videos: ServedVideos;

  private constructor(server: Server, backend: Backend, videos: ServedVideos, url: string) {
    this.#server = server;
    this.#backend = backend;
    this.#videos = videos;
    this.url = url;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Opens one on 127.0.0.1. */
  static async open(options: ClassroomOptions): Promise<Classroom> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
    });
    try {
      const url = options.publicUrl ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const secret = new Secret(await keptSecret(options.folder));
      const backend = await options.backend({
        folder: options.folder,
        publicUrl: url,
        referenceSecret: secret,
        validator: new Validator({ maxSizeBytes: MAX_SIZE_BYTES }),
        rateLimiter: new RateLimiter({ upload: options.uploadRules ?? UPLOADS }),
      });
      const videos = await openVideos(options.folder, backend, secret);
      const sessions = new Sessions(secret);
      const routes = createVideoRoutes({ service: videos.service, actor: (request) => sessions.actorOf(request) });
      const page = await PageFiles.load(backend.browserOrigins);
      const facts = { assignment: ASSIGNMENT, maxSizeBytes: MAX_SIZE_BYTES, storedAt: backend.storedAt };
      const app = classroomApp(url, routes, sessionRoutes(sessions, facts, new URL(url).origin), page);
      server.on(
        'request',
        toNodeHandler((request) => app.fetch(request)),
      );
      return new Classroom(server, backend, videos, url);
    } catch (error) {
      server.close();
      throw error;
    }
  }

  /** A sentence for people: where their videos are. */
  get storedAt(): string {
    return this.#backend.storedAt;
  }

  /** Ends all connections, and what the storage has started. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await this.#videos.close();
    await this.#backend.close();
  }
}

function classroomApp(url: string, routes: VideoRoutes, session: Hono, page: PageFiles): Hono {
  const app = new Hono();
  app.use(async (context, next) => (routes.ownsPath(context.req.url) ? routes.fetch(context.req.raw) : next()));
  app.route('/api/session', session);
  app.get('*', (context) => {
    const { path } = context.req;
    const file = page.answer(path);
    if (file === undefined) return context.notFound();
    // By another name of this computer, the browser would take our own routes for those of another site.
    const isElsewhere = context.req.header('host') !== new URL(url).host;
    return isElsewhere ? context.redirect(new URL(path, url).href, 307) : file;
  });
  return app;
}

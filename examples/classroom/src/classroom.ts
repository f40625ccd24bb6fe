import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RateLimiter, type RateLimitRule, Secret, Validator } from '@videostorage/core';
import { toNodeHandler } from 'srvx/node';
import { answer, RouteRefusal, refusal } from './answers.ts';
import type { Backend, BackendSettings } from './backends/backend.ts';
import { keptSecret } from './kept-secret.ts';
import { Owners } from './owners.ts';
import { PageFiles } from './page-files.ts';
import { readJson, requireOwnOrigin } from './request-guards.ts';
import { Sessions } from './session.ts';
import { ASSIGNMENT, VideoRoutes } from './video-routes.ts';

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

  private constructor(server: Server, backend: Backend, url: string) {
    this.#server = server;
    this.#backend = backend;
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
      const referenceSecret = new Secret(await keptSecret(options.folder));
      const backend = await options.backend({
        folder: options.folder,
        publicUrl: url,
        referenceSecret,
        validator: new Validator({ maxSizeBytes: MAX_SIZE_BYTES }),
        rateLimiter: new RateLimiter({ upload: options.uploadRules ?? UPLOADS }),
      });
      const [page, owners] = await Promise.all([PageFiles.load(backend.browserOrigins), Owners.load(options.folder)]);
      const handler = new ClassroomHandler(url, backend, new Sessions(referenceSecret), page, owners);
      server.on(
        'request',
        toNodeHandler((request) => handler.fetch(request)),
      );
      return new Classroom(server, backend, url);
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
    await this.#backend.close();
  }
}

class ClassroomHandler {
  readonly #url: string;
  readonly #backend: Backend;
  readonly #sessions: Sessions;
  readonly #page: PageFiles;
  readonly #routes: VideoRoutes;

  constructor(url: string, backend: Backend, sessions: Sessions, page: PageFiles, owners: Owners) {
    this.#url = url;
    this.#backend = backend;
    this.#sessions = sessions;
    this.#page = page;
    this.#routes = new VideoRoutes(backend.storage, owners);
  }

  async fetch(request: Request): Promise<Response> {
    try {
      return await (this.#backend.handle?.(request) ?? this.#route(request));
    } catch (error) {
      return refusal(error);
    }
  }

  async #route(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const page = request.method === 'GET' || request.method === 'HEAD' ? this.#page.answer(pathname) : undefined;
    // By another name of this computer, the browser would take our own routes for those of a stranger.
    if (page !== undefined && request.headers.get('host') !== new URL(this.#url).host) {
      return Response.redirect(new URL(pathname, this.#url), 307);
    }
    if (page !== undefined) return page;
    if (request.method !== 'GET') requireOwnOrigin(request, this.#url);
    if (pathname === '/api/session') return this.#session(request);
    if (!pathname.startsWith('/api/video/')) throw new RouteRefusal('NOT_FOUND', 'There is nothing here.');
    return this.#routes.answer(request, pathname.slice('/api/video/'.length), await this.#sessions.personOf(request));
  }

  async #session(request: Request): Promise<Response> {
    const { storedAt } = this.#backend;
    const facts = { assignment: ASSIGNMENT, maxSizeBytes: MAX_SIZE_BYTES, storedAt };
    switch (request.method) {
      case 'GET':
        return answer(200, { ...facts, person: await this.#sessions.personOf(request) });
      case 'POST': {
        const { person, cookie } = await this.#sessions.signIn(await readJson(request));
        return answer(200, { ...facts, person }, { 'Set-Cookie': cookie });
      }
      case 'DELETE':
        return answer(200, facts, { 'Set-Cookie': this.#sessions.signOut() });
      default:
        throw new RouteRefusal('METHOD_NOT_ALLOWED', 'That cannot be done here.');
    }
  }
}

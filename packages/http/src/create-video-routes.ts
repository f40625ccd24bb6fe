import { describeError } from '@videostorage/core';
import { type Context, Hono } from 'hono';
import { checkHeaders } from './check-headers.ts';
import { OriginRule } from './origin-rule.ts';
import { Refusal } from './refusal.ts';
import { type RouteAnswer, type RouteHandler, routeHandlers } from './route-handlers.ts';
import { ROUTE_ENTRIES, type RouteName } from './route-table.ts';
import { type ServedStorage, servedStorages } from './served-storage.ts';
import { toRefusedAnswer } from './to-refused-answer.ts';
import { checkRoutesOptions, type VideoRoutesOptions, type VideoRoutesSettings } from './video-routes-options.ts';

/** Nobody reads it: the connection is gone (nginx calls it so). */
const CLIENT_CLOSED = 499;
const PRINTABLE = /^[\x21-\x7e]{1,128}$/;

/** All that a host mounts: the routes, and what storages serve themselves. */
export interface VideoRoutes {
  /** Paths below which the routes and the storages answer: what a router passes on. Each without a slash at its end. */
  readonly basePaths: readonly string[];
  /** Whether a URL is answered here, so that the host's router can answer the others. */
  ownsPath(url: string): boolean;
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
  const router = new Router(settings, served);
  const { basePath } = settings;
  return {
    basePaths: [...new Set([basePath, ...served.map((storage) => storage.basePath)])],
    ownsPath(url) {
      const path = pathOf(url);
      if (path === undefined) return false;
      return isBelow(path, basePath) || storageOf(served, path, url) !== undefined;
    },
    fetch: (request) => router.fetch(request),
  };
}

/** What hono hands through to a route. */
interface Bindings {
  readonly requestId: string;
  name: RouteName | undefined;
}

class Router {
  readonly #settings: VideoRoutesSettings;
  readonly #served: readonly ServedStorage[];
  readonly #origins: OriginRule;
  readonly #app: Hono<{ Bindings: Bindings }>;

  constructor(settings: VideoRoutesSettings, served: readonly ServedStorage[]) {
    this.#settings = settings;
    this.#served = served;
    this.#origins = new OriginRule(settings.allowedOrigins);
    this.#app = new Hono<{ Bindings: Bindings }>({ getPath: ({ url }) => pathOf(url) ?? '/' });
    this.#mount(routeHandlers(settings));
  }

  async fetch(request: Request): Promise<Response> {
    const bindings: Bindings = { requestId: crypto.randomUUID(), name: undefined };
    try {
      const { requestId = bindings.requestId } = { requestId: this.#settings.requestId(request) };
      if (PRINTABLE.test(requestId)) Object.assign(bindings, { requestId });
      const path = pathOf(request.url);
      const storage = path === undefined ? undefined : storageOf(this.#served, path, request.url);
      if (storage !== undefined && this.#isServed(storage, path ?? ''))
        return await this.#serve(storage, request, bindings.requestId);
      checkHeaders(request.headers);
      return await this.#app.fetch(request, bindings);
    } catch (error) {
      return this.#refuse(error, request, bindings);
    }
  }

  /** Of two base paths of which one is below the other, the longer one decides. */
  #isServed({ basePath }: ServedStorage, path: string): boolean {
    return basePath.length > this.#settings.basePath.length || !isBelow(path, this.#settings.basePath);
  }

  /** What a storage answers is its own, body and caching included; only what every answer has is added. */
  async #serve(storage: ServedStorage, request: Request, requestId: string): Promise<Response> {
    const response = await storage.fetch(request);
    response.headers.set('X-Content-Type-Options', 'nosniff');
    response.headers.set('X-Request-Id', requestId);
    return response;
  }

  #mount(handlers: Readonly<Record<RouteName, RouteHandler>>): void {
    const { basePath } = this.#settings;
    const methods = new Map<string, string[]>();
    for (const [name, { method, path }] of ROUTE_ENTRIES) {
      const pattern = basePath + path.replace(/\{(\w{1,64})\}/, ':id');
      this.#app.on(method, pattern, (context) => this.#answer(context, name, handlers[name]));
      methods.set(pattern, [...(methods.get(pattern) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
    }
    for (const [pattern, names] of methods) {
      const allow = [...names, 'OPTIONS'].join(', ');
      this.#app.all(pattern, ({ req: { raw }, env }) => this.#preflight(raw, env.requestId, allow));
    }
    this.#app.notFound(() => {
      throw new Refusal('NOT_FOUND');
    });
    this.#app.onError((error) => {
      throw error;
    });
  }

  async #answer(context: Context<{ Bindings: Bindings }>, name: RouteName, handler: RouteHandler): Promise<Response> {
    const { env } = context;
    const request = context.req.raw;
    env.name = name;
    // A provider is no page, and signs what it sends.
    if (name !== 'handleWebhook' && !this.#origins.allows(request)) throw new Refusal('ORIGIN_REFUSED');
    const id = context.req.param('id') ?? '';
    return this.#respond(await handler({ request, id, requestId: env.requestId }), request, env.requestId);
  }

  #preflight(request: Request, requestId: string, allow: string): Response {
    if (request.method !== 'OPTIONS' || !request.headers.has('origin'))
      throw new Refusal('METHOD_NOT_ALLOWED', { allow });
    if (!this.#origins.allowsPreflight(request)) throw new Refusal('ORIGIN_REFUSED');
    const headers = { Allow: allow, ...this.#origins.preflightHeaders(allow) };
    return this.#respond({ status: 204, headers }, request, requestId);
  }

  #refuse(error: unknown, request: Request, { requestId, name }: Bindings): Response {
    // The caller's own abort: there is nothing to log, and nobody to answer.
    if (request.signal.aborted && error === request.signal.reason) return new Response(null, { status: CLIENT_CLOSED });
    const answer = toRefusedAnswer(error, requestId, name === 'getPlaybackUrl' ? 'playback' : 'upload');
    if (answer.status >= 500) {
      const { code, message } = describeError(error);
      const fields = { requestId, code, message, ...(name !== undefined && { operation: name }) };
      this.#settings.logger.log(answer.status === 500 ? 'error' : 'warn', 'request.failed', fields);
    }
    return this.#respond(answer, request, requestId);
  }

  #respond({ status, body, headers, cookies = [] }: RouteAnswer, request: Request, requestId: string): Response {
    const all = new Headers({
      ...{ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Request-Id': requestId },
      ...(body !== undefined && { 'Content-Type': 'application/json; charset=utf-8' }),
      ...headers,
    });
    this.#origins.describe(request, all);
    for (const cookie of cookies) all.append('Set-Cookie', cookie);
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: all });
  }
}

/** Undefined for what is no URL, as some clients send. */
function pathOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).pathname : undefined;
}

function isBelow(path: string, basePath: string): boolean {
  return path.startsWith(`${basePath}/`);
}

/** Storages know URLs whose base path a router took off as well; here nothing was taken off. */
function storageOf(served: readonly ServedStorage[], path: string, url: string): ServedStorage | undefined {
  return served.find((storage) => isBelow(path, storage.basePath) && storage.ownsPath(url));
}

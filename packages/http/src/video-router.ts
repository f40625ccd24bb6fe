import { describeError } from '@videostorage/core';
import { checkHeaders } from './check-headers.ts';
import { OriginRule } from './origin-rule.ts';
import { pathOf } from './path-of.ts';
import type { PlainAnswer } from './plain-answer.ts';
import { Refusal } from './refusal.ts';
import { type RouteAnswer, type RouteHandler, routeHandlers } from './route-handlers.ts';
import { type MatchedPath, RouteMatcher } from './route-matcher.ts';
import type { RouteName } from './route-table.ts';
import type { ServedStorage } from './served-storage.ts';
import { toRefusedAnswer } from './to-refused-answer.ts';
import type { VideoRoutesSettings } from './video-routes-options.ts';

/** nginx's status for a connection that the client closed; it is never read. */
const CLIENT_CLOSED = 499;
const PRINTABLE = /^[\x21-\x7e]{1,128}$/;

/** One request that is being answered, with what is known about it so far. */
interface Visit {
  readonly request: Request;
  requestId: string;
  name: RouteName | undefined;
}

/** Passes each request to its route or storage, and turns what is returned or thrown into an answer. */
export class VideoRouter {
  readonly #settings: VideoRoutesSettings;
  readonly #served: readonly ServedStorage[];
  readonly #origins: OriginRule;
  readonly #matcher: RouteMatcher;
  readonly #handlers: Readonly<Record<RouteName, RouteHandler>>;

  constructor(settings: VideoRoutesSettings, served: readonly ServedStorage[]) {
    this.#settings = settings;
    this.#served = served;
    this.#origins = new OriginRule(settings.allowedOrigins);
    this.#matcher = new RouteMatcher(settings.basePath);
    this.#handlers = routeHandlers(settings);
  }

  /** Whether a URL is answered here. */
  ownsPath(url: string): boolean {
    const path = pathOf(url);
    if (path === undefined) return false;
    return isBelow(path, this.#settings.basePath) || this.#storageOf(path, url) !== undefined;
  }

  /** Answers any request; never rejects. What a storage serves itself is a `Response`. */
  async answer(request: Request): Promise<PlainAnswer | Response> {
    const visit: Visit = { request, requestId: crypto.randomUUID(), name: undefined };
    try {
      // A host app written in JavaScript may return null, as `headers.get` does, which the pattern would read as text.
      const requestId: unknown = this.#settings.requestId(request);
      if (typeof requestId === 'string' && PRINTABLE.test(requestId)) visit.requestId = requestId;
      const path = pathOf(request.url) ?? '';
      const storage = this.#storageOf(path, request.url);
      if (storage !== undefined) return await this.#serve(storage, visit);
      checkHeaders(request);
      const matched = this.#matcher.match(path);
      if (matched === undefined) throw new Refusal('NOT_FOUND');
      return this.#respond(await this.#route(matched, visit), visit);
    } catch (error) {
      return this.#refuse(error, visit);
    }
  }

  async #route({ routes, allow, id }: MatchedPath, visit: Visit): Promise<RouteAnswer> {
    const { request, requestId } = visit;
    const name = routes.get(request.method);
    visit.name = name;
    if (name === undefined) return this.#preflight(request, allow);
    // A provider sends no page's `Origin`, and signs its webhooks.
    if (name !== 'handleWebhook' && !this.#origins.allows(request)) throw new Refusal('ORIGIN_REFUSED');
    return this.#handlers[name]({ request, id, requestId });
  }

  #preflight(request: Request, allow: string): RouteAnswer {
    if (request.method !== 'OPTIONS' || !request.headers.has('origin')) {
      throw new Refusal('METHOD_NOT_ALLOWED', { allow });
    }
    if (!this.#origins.allowsPreflight(request)) throw new Refusal('ORIGIN_REFUSED');
    return { status: 204, headers: { Allow: allow, ...this.#origins.preflightHeaders(request, allow) } };
  }

  /** A storage's answer is passed unchanged, with body and caching; only the headers of all answers are added. */
  async #serve(storage: ServedStorage, { request, requestId }: Visit): Promise<Response> {
    const { body, status, statusText, headers: given } = await storage.fetch(request);
    // The headers of a redirection, and of an answer from `fetch`, are immutable.
    const headers = new Headers(given);
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('X-Request-Id', requestId);
    return new Response(body, { status, statusText, headers });
  }

  /**
   * Storages also accept URLs whose base path a router has stripped; here nothing was stripped. When the base path of one is
   * below that of the other, the longer one decides.
   */
  #storageOf(path: string, url: string): ServedStorage | undefined {
    const { basePath } = this.#settings;
    const isRoute = isBelow(path, basePath);
    return this.#served.find((storage) => {
      if (isRoute && storage.basePath.length <= basePath.length) return false;
      return isBelow(path, storage.basePath) && storage.ownsPath(url);
    });
  }

  #refuse(error: unknown, visit: Visit): PlainAnswer {
    const { request, requestId, name } = visit;
    // The caller's own abort: nothing to log, and the answer is not read.
    if (request.signal.aborted && error === request.signal.reason) return { status: CLIENT_CLOSED, headers: [] };
    const answer = toRefusedAnswer(error, requestId, name === 'getPlaybackUrl' ? 'playback' : 'upload');
    if (answer.status >= 500) {
      const { code, message } = describeError(error);
      const fields = { requestId, code, message, ...(name !== undefined && { operation: name }) };
      this.#settings.logger.log(answer.status === 500 ? 'error' : 'warn', 'request.failed', fields);
    }
    return this.#respond(answer, visit);
  }

  #respond({ status, body, headers = {}, cookies = [] }: RouteAnswer, { request, requestId }: Visit): PlainAnswer {
    const fields: (readonly [string, string])[] = [
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
      ['X-Request-Id', requestId],
      ...Object.entries(headers),
      ...this.#origins.describe(request),
      ...cookies.map((cookie): [string, string] => ['Set-Cookie', cookie]),
    ];
    if (body === undefined) return { status, headers: fields };
    fields.push(['Content-Type', 'application/json; charset=utf-8']);
    return { status, headers: fields, ...(request.method !== 'HEAD' && { body: JSON.stringify(body) }) };
  }
}

function isBelow(path: string, basePath: string): boolean {
  return path.startsWith(`${basePath}/`);
}

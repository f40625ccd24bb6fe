import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import { alreadyRead } from './already-read.ts';
import { answerAndClose } from './answer-and-close.ts';
import { checkedRoutes } from './checked-routes.ts';
import type { VideoRoutes } from './create-video-routes.ts';
import { type PlainFetch, plainFetchOf } from './plain-answer.ts';
import { setFields } from './set-fields.ts';

/**
 * A request of `node:http` with what routers add: Express records the part of the path that it stripped, others the
 * original URL.
 */
export type RoutedRequest = IncomingMessage & {
  /** What was stripped from the path. */
  readonly baseUrl?: string;
  /** The URL as it arrived. */
  readonly originalUrl?: string;
};

/** Answers a request of `node:http`. In a router (Express, Connect), requests for other paths are passed to `next`. */
export type NodeListener = (request: RoutedRequest, response: ServerResponse, next?: (error?: unknown) => void) => void;

/** Up to this size Node reads the body that no route reads. */
const UNREAD_BYTES = 64 * 1024;

/**
 * The routes as a listener: for `http.createServer(…)`, and for any framework that takes `(request, response, next)`.
 * @throws {ConfigurationError} `routes` is not what `createVideoRoutes` returns
 */
export function toNodeListener(routes: VideoRoutes): NodeListener {
  return nodeListenerOf(routes, wholeUrl);
}

/** The same, for a router that has the URL elsewhere. */
export function nodeListenerOf(routes: VideoRoutes, urlOf: (request: RoutedRequest) => string): NodeListener {
  const plainFetch = plainFetchOf(checkedRoutes('toNodeListener', routes));
  return (request, response, next) => {
    const url = urlOf(request);
    // A path, or an absolute URL as proxies send it (RFC 9112, section 3.2.2).
    const isPath = url.startsWith('/');
    if (next !== undefined && !routes.ownsPath(isPath ? `http://localhost${url}` : url)) return next();
    if (next !== undefined && request.readableDidRead) return next(alreadyRead());
    // A router may have stripped a part of the path; a target that is not a URL (`*`, RFC 9112, section 3.2.4) is not found.
    request.url = isPath || URL.canParse(url) ? url : '/';
    return void answer(plainFetch, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

/**
 * Adds the part that a router stripped. The original URL is only the second choice: the host app may have rewritten the URL
 * since, also in Express.
 */
function wholeUrl({ baseUrl, originalUrl, url = '/' }: RoutedRequest): string {
  if (baseUrl === undefined || !url.startsWith('/')) return originalUrl ?? url;
  // When nothing is left of the path Express adds a slash, which is not part of the original path.
  const isAdded = /^\/(?:\?|$)/.test(url) && originalUrl !== undefined && !originalUrl.startsWith(`${baseUrl}/`);
  return baseUrl + (isAdded ? url.slice(1) : url);
}

async function answer(plainFetch: PlainFetch, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = new NodeRequest({ req: request, res: response });
  if (request.readableDidRead) Object.defineProperty(asked, 'body', { get: refuseRead });
  // The signal is read at once: it follows the connection only after it was first read, and the connection may close meanwhile.
  asked.signal.throwIfAborted();
  const answered = await plainFetch(asked);
  // The connection of a sender that is too slow or sends too much is closed after the answer; so is one whose body no route
  // reads: Node would read it to its end, which may never come. A storage that serves requests itself reads or refuses their
  // bodies.
  const isRefusedBody = answered.status === 413 || answered.status === 408;
  const isCutOff = isRefusedBody || (!(answered instanceof Response) && mayGoOn(request));
  if (!request.complete && isCutOff) return answerAndClose(request, response, answered);
  setFields(response, answered.headers);
  if (answered instanceof Response) return sendNodeResponse(response, withoutFields(answered));
  const { status, body } = answered;
  if (body !== undefined) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.statusCode = status;
  response.end(body);
}

/**
 * The same answer without headers, which are set already; those of a redirection cannot be removed. Empty headers are
 * passed, since otherwise the `Response` of Hono's server, which may be the global one, adds a content type.
 */
function withoutFields({ body, status }: Response): Response {
  return new Response(body, { status, headers: {} });
}

/** For a body that was read before: a route that needs it fails with an error that explains the fix, and all others answer. */
function refuseRead(): never {
  throw alreadyRead();
}

/** Whether more of a body may arrive than a request of these routes needs. */
function mayGoOn({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > UNREAD_BYTES;
}

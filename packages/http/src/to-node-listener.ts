import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigurationError } from '@videostorage/core';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import { answerAndClose } from './answer-and-close.ts';
import type { VideoRoutes } from './create-video-routes.ts';

/** Answers a request of `node:http`; where a router follows (Express, Connect), `next` gets what is not for the routes. */
export type NodeListener = (
  request: IncomingMessage & { readonly originalUrl?: string },
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

const ALREADY_READ =
  'The body of a request to the video routes was read before them: mount them in front of `express.json()` and other parsers.';

/** The routes as a listener: for `http.createServer(…)`, and for whatever takes `(request, response, next)`. */
export function toNodeListener(routes: VideoRoutes): NodeListener {
  return (request, response, next) => {
    const url = request.originalUrl ?? request.url ?? '/';
    // A path, or a whole URL as proxies send it (RFC 9112, section 3.2.2).
    const absoluteUrl = url.startsWith('/') ? `http://localhost${url}` : url;
    if (next !== undefined && !routes.ownsPath(absoluteUrl)) return next();
    if (!URL.canParse(absoluteUrl)) return void response.writeHead(400).end();
    if (next !== undefined && request.readableDidRead) return next(new ConfigurationError(ALREADY_READ));
    // A router may have taken a part of the path off.
    request.url = url;
    return void answer(routes, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

async function answer(routes: VideoRoutes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = new NodeRequest({ req: request, res: response });
  // Read at once: it hears of a connection only from here on, and one may close while the request is answered.
  asked.signal.throwIfAborted();
  const answered = await routes.fetch(asked);
  const { status } = answered;
  // Who sends too much or too slowly is not listened to for ever, but hears why.
  const wasCutOff = !request.complete && (status === 413 || status === 408);
  await (wasCutOff ? answerAndClose(request, response, answered) : sendNodeResponse(response, answered));
}

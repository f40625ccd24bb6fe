import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import { expectSegment, type FileSegment, readSegment, segmentOf } from './file-body.ts';
import { isMissing } from './file-error.ts';
import type { LocalStorage } from './local-storage.ts';
import { refuse } from './plain-answer.ts';
import { readBodyError } from './read-body.ts';
import { statusOf } from './status-of-error.ts';

/** Answers a request of `node:http`; in a router such as Express or Connect, requests that are not for the storage are passed to `next`. */
export type NodeListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/**
 * The storage as a listener of `node:http`: for `http.createServer(…)`, for Express (`app.use('/media', …)`), for Fastify
 * (`@fastify/middie`). The router may keep the path of `baseUrl` in the URL or strip it. Mount the listener before
 * parsers that read the body of every request: an upload whose body was already read is answered with 500, or passed to
 * `next` as a `ConfigurationError`.
 */
export function toNodeListener(storage: LocalStorage): NodeListener {
  return (request, response, next) => {
    const { url = '/' } = request;
    // A path, or a whole URL as proxies send it (RFC 9112, section 3.2.2).
    const absoluteUrl = url.startsWith('/') ? `http://localhost${url}` : url;
    if (!URL.canParse(absoluteUrl)) return void response.writeHead(400).end();
    if (next !== undefined && !storage.ownsPath(absoluteUrl)) return next();
    if (isReadUpload(request)) return refuseReadUpload(response, next);
    return void answer(storage, request, response).catch((error: unknown) => {
      if (next !== undefined && !response.headersSent) next(error);
      else response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

function isReadUpload({ method = '', readableDidRead }: IncomingMessage): boolean {
  return readableDidRead && ['PATCH', 'POST'].includes(method);
}

function refuseReadUpload(response: ServerResponse, next: ((error: unknown) => void) | undefined): void {
  const error = readBodyError();
  if (next === undefined) {
    response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${error.message}\n`);
  } else next(error);
}

async function answer(storage: LocalStorage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = new NodeRequest({ req: request, res: response });
  // Read before the first wait: the signal follows the connection only from then on, and the connection may close while the
  // grant is checked.
  const { signal } = asked;
  expectSegment(asked);
  const answered = await storage.fetch(asked);
  const segment = segmentOf(answered);
  await (segment === undefined ? sendWhole(response, answered) : sendFile(response, answered, segment, signal));
}

/**
 * Field by field and not as a list for `writeHead`: middleware that watches it, such as `on-headers` before 1.1 in sessions and
 * compression of Express host apps, reads a list of names and values as one of pairs. The host app's own `Vary` stays beside ours.
 */
function setFields(response: ServerResponse, { status, headers }: Response): void {
  response.statusCode = status;
  for (const [name, value] of headers) {
    if (name === 'vary') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}

function sendWhole(response: ServerResponse, answered: Response): Promise<void> {
  setFields(response, answered);
  return sendNodeResponse(response, new Response(answered.body, { status: answered.status }));
}

/** Headers of every answer, whatever its status: without them a page of another origin could not read that status. */
const COMMON_HEADERS = [
  ...['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'Vary'],
  ...['Referrer-Policy', 'X-Content-Type-Options'],
];

function refuseInPlaceOf({ headers }: Response, status: number): Response {
  const common = COMMON_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return refuse(status, Object.fromEntries(common));
}

/** The bytes go from the file to the socket, without a web stream in between. */
async function sendFile(
  response: ServerResponse,
  answered: Response,
  segment: FileSegment,
  signal: AbortSignal,
): Promise<void> {
  const chunks = readSegment(segment, signal);
  try {
    // Opened before the head is written: a file that is gone by now can still be answered with its own status.
    const first = await chunks
      .next()
      .catch((error: unknown) => refuseInPlaceOf(answered, isMissing(error) ? 404 : statusOf(error)));
    if (first instanceof Response) return await sendWhole(response, first);
    setFields(response, answered);
    let left = segment.range.end - segment.range.start;
    for (let next: IteratorResult<Uint8Array, void> = first; !next.done; next = await chunks.next()) {
      left -= next.value.length;
      // The viewer does not wait until the file is closed.
      if (left === 0) response.end(next.value);
      else if (!response.write(next.value)) await once(response, 'drain', { signal });
    }
  } catch (error) {
    // A viewer that disconnected is not a failure.
    if (!signal.aborted) throw error;
  } finally {
    await chunks.return();
  }
}

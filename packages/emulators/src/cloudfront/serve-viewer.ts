import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseByteRange } from '../s3/byte-range.ts';
import type { CachedAnswer, EdgeCache } from './edge-cache.ts';
import { fetchFromOrigin, type S3OriginOptions } from './s3-origin.ts';

/** Larger objects pass through uncached, so that the emulator's memory stays small. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;
/** What of the origin's answer goes on to viewers. */
const FORWARDED = [
  ...['accept-ranges', 'cache-control', 'content-disposition', 'content-encoding', 'content-language'],
  ...['content-length', 'content-range', 'content-type', 'etag', 'expires', 'last-modified'],
];

/** What stands behind the viewers. */
export interface Edge {
  readonly origin: S3OriginOptions;
  readonly cache: EdgeCache;
  /** Of the connections to the origin. */
  readonly agent: Agent;
}

/** Answers a viewer whose leave is verified: from the edge, else from the origin. `path` is as the viewer sent it. */
export async function serveViewer(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { origin, cache, agent }: Edge,
  nowMs: number,
): Promise<void> {
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const known = cache.get(path, nowMs);
  if (known !== undefined) {
    response.setHeader('age', known.ageSeconds);
    return answerFromEdge(request, response, known.answer, 'Hit from cloudfront');
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  if (request.socket.destroyed) return;
  const shared = { path, agent, signal: gone.signal };
  const head = await fetchFromOrigin(origin, { ...shared, method: 'HEAD' }).catch(() => undefined);
  head?.resume();
  if (head?.statusCode === 200 && !(Number(head.headers['content-length']) <= MAX_CACHED_BYTES)) {
    const answer = await fetchFromOrigin(origin, { ...shared, method, range: request.headers.range });
    response.writeHead(answer.statusCode ?? 502, { ...forwarded(answer), 'x-cache': 'Miss from cloudfront' });
    return pipeline(answer, response);
  }
  const fresh = await fetchFromOrigin(origin, { ...shared, method: 'GET' })
    .then(collect)
    .catch(badGateway);
  if (!gone.signal.aborted) cache.set(path, fresh, nowMs);
  answerFromEdge(request, response, fresh, 'Miss from cloudfront');
}

/** @throws {Error} when the origin breaks off, or sends more than it announced */
async function collect(answer: IncomingMessage): Promise<CachedAnswer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_CACHED_BYTES) throw new Error('the origin sends more than it announced');
    chunks.push(chunk);
  }
  return { status: answer.statusCode ?? 502, headers: forwarded(answer), body: Buffer.concat(chunks) };
}

/** Says nothing of the origin: where it is, is nobody's business. */
function badGateway(): CachedAnswer {
  return {
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: Buffer.from('<html><body>CloudFront wasn&#39;t able to connect to the origin.</body></html>'),
  };
}

function answerFromEdge(
  request: IncomingMessage,
  response: ServerResponse,
  answer: CachedAnswer,
  xCache: string,
): void {
  response.setHeader('x-cache', answer.status >= 400 ? 'Error from cloudfront' : xCache);
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name !== 'content-length') response.setHeader(name, value);
  }
  const { status, bytes, contentRange } = cut(request, answer);
  if (contentRange !== undefined) response.setHeader('content-range', contentRange);
  if (status !== 304) response.setHeader('content-length', bytes.length);
  response.writeHead(status).end(request.method === 'HEAD' ? undefined : bytes);
}

/** What of a remembered answer is asked for. */
function cut(
  { headers: { range: rangeHeader, 'if-none-match': ifNoneMatch } }: IncomingMessage,
  { status, body, headers: { etag } }: CachedAnswer,
): { readonly status: number; readonly bytes: Buffer; readonly contentRange?: string } {
  if (status !== 200) return { status, bytes: body };
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim()) ?? [];
  if (etag !== undefined && tags.includes(etag)) return { status: 304, bytes: Buffer.alloc(0) };
  const range = parseByteRange(rangeHeader, body.length);
  if (range === 'whole') return { status: 200, bytes: body };
  if (range === 'unsatisfiable') return { status: 416, bytes: Buffer.alloc(0), contentRange: `bytes */${body.length}` };
  const { start, end } = range;
  return { status: 206, bytes: body.subarray(start, end + 1), contentRange: `bytes ${start}-${end}/${body.length}` };
}

function forwarded(answer: IncomingMessage): Record<string, string> {
  const metadata = Object.keys(answer.headers).filter((name) => name.startsWith('x-amz-meta-'));
  const entries = [...FORWARDED, ...metadata].flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return Object.fromEntries(entries);
}

import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseByteRange } from '../s3/byte-range.ts';
import { toXml } from '../s3/s3-xml.ts';
import { untilClosed } from '../shared/until-closed.ts';
import type { CachedAnswer, EdgeCache } from './edge-cache.ts';
import { badGateway, errorPage } from './edge-refusal.ts';
import { fetchFromOrigin, isReadable, type S3OriginOptions } from './s3-origin.ts';

/** Larger objects pass through uncached, so that the emulator's memory stays small. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;
/** Headers of the origin's answer that are forwarded to viewers. */
const FORWARDED = [
  ...['accept-ranges', 'cache-control', 'content-disposition', 'content-encoding', 'content-language'],
  ...['content-length', 'content-range', 'content-type', 'etag', 'expires', 'last-modified'],
];

/** What serves the viewers: the cache and the origin. */
export interface Edge {
  readonly origin: S3OriginOptions;
  readonly cache: EdgeCache;
  /** The agent of the connections to the origin. */
  readonly agent: Agent;
}

/** Answers a viewer whose grant is verified: from the edge, else from the origin. `path` is as the viewer sent it. */
export async function serveViewer(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { origin, cache, agent }: Edge,
  nowMs: number,
): Promise<void> {
  if (request.method === 'OPTIONS') return forwardPreflight(request, response, path, { origin, cache, agent });
  const known = cache.get(path, nowMs);
  if (known !== undefined) {
    response.setHeader('age', known.ageSeconds);
    return answerFromEdge(request, response, known.answer, 'Hit from cloudfront');
  }
  const { purges } = cache;
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const signal = goneSignal(response);
  if (request.socket.destroyed) return;
  const shared = { path, agent, signal };
  // CloudFront itself sends no such HEAD. When it fails, the GET below reaches the same origin, and its failure is answered.
  const head = isReadable(origin, path)
    ? await fetchFromOrigin(origin, { ...shared, method: 'HEAD' }).catch(() => undefined)
    : undefined;
  head?.resume();
  if (head?.statusCode === 200 && !(Number(head.headers['content-length']) <= MAX_CACHED_BYTES)) {
    const headers = { ...forwarded(head), 'x-cache': 'Miss from cloudfront' };
    if (isNotModified(request, forwarded(head))) return void response.writeHead(304, withoutLength(headers)).end();
    const answer = await reached(fetchFromOrigin(origin, { ...shared, method, range: request.headers.range }));
    response.writeHead(answer.statusCode ?? 502, { ...headers, ...forwarded(answer) });
    return pipeline(answer, response);
  }
  const fresh = isReadable(origin, path)
    ? await fetchFromOrigin(origin, { ...shared, method: 'GET' })
        .then((answer) => collect(answer, origin))
        // An origin that cannot be reached or breaks off is 502 to the viewer, whatever the reason.
        .catch(() => gatewayPage(response))
    : accessDenied();
  if (!signal.aborted && cache.purges === purges) cache.set(path, fresh, nowMs);
  answerFromEdge(request, response, fresh, 'Miss from cloudfront');
}

/** Forwarded to the bucket's CORS rules, and never cached. */
async function forwardPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { origin, agent }: Edge,
): Promise<void> {
  const preflight = Object.fromEntries(
    ['origin', 'access-control-request-method', 'access-control-request-headers'].flatMap((name) => {
      const value = request.headers[name];
      return value === undefined ? [] : [[name, String(value)] as const];
    }),
  );
  const signal = goneSignal(response);
  const answer = await reached(fetchFromOrigin(origin, { method: 'OPTIONS', path, agent, signal, preflight }));
  const cors = Object.entries(answer.headers).filter(([name]) => name.startsWith('access-control-'));
  response.writeHead(answer.statusCode ?? 502, { ...forwarded(answer), ...Object.fromEntries(cors) });
  await pipeline(answer, response);
}

/** An origin that cannot be reached is 502 to the viewer, whatever the reason. @throws {EdgeRefusal} */
function reached(answer: Promise<IncomingMessage>): Promise<IncomingMessage> {
  return answer.catch(() => {
    throw badGateway();
  });
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  void untilClosed(response).then(() => gone.abort());
  return gone.signal;
}

/** @throws {Error} when the origin's answer ends too early, or is longer than announced */
async function collect(answer: IncomingMessage, origin: S3OriginOptions): Promise<CachedAnswer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_CACHED_BYTES) throw new Error('the origin sends more than it announced');
    chunks.push(chunk);
  }
  if (answer.statusCode === 404 && origin.mayListBucket === false) return accessDenied();
  return { status: answer.statusCode ?? 502, headers: forwarded(answer), body: Buffer.concat(chunks) };
}

function gatewayPage(response: ServerResponse): CachedAnswer {
  const body = Buffer.from(errorPage(badGateway(), String(response.getHeader('x-amz-cf-id'))));
  return { status: 502, headers: { 'content-type': 'text/html' }, body };
}

/** S3's answer to CloudFront for a key that CloudFront may not read, or whose absence it may not know. */
function accessDenied(): CachedAnswer {
  const body = Buffer.from(toXml('Error', { Code: 'AccessDenied', Message: 'Access Denied' }));
  return { status: 403, headers: { 'content-type': 'application/xml' }, body };
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

/** The requested part of a cached answer. */
function cut(
  request: IncomingMessage,
  { status, body, headers }: CachedAnswer,
): { readonly status: number; readonly bytes: Buffer; readonly contentRange?: string } {
  if (status !== 200) return { status, bytes: body };
  if (isNotModified(request, headers)) return { status: 304, bytes: Buffer.alloc(0) };
  const range = parseByteRange(request.headers.range, body.length);
  if (range === 'whole') return { status: 200, bytes: body };
  if (range === 'unsatisfiable') return { status: 416, bytes: Buffer.alloc(0), contentRange: `bytes */${body.length}` };
  const { start, end } = range;
  return { status: 206, bytes: body.subarray(start, end + 1), contentRange: `bytes ${start}-${end}/${body.length}` };
}

/** A date counts only when no ETag is compared (RFC 9110, section 13.2.2). */
function isNotModified(
  { headers: { 'if-none-match': ifNoneMatch, 'if-modified-since': since } }: IncomingMessage,
  { etag, 'last-modified': lastModified = '' }: Readonly<Record<string, string>>,
): boolean {
  if (ifNoneMatch === undefined) return since !== undefined && Date.parse(lastModified) <= Date.parse(since);
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim());
  return tags.includes('*') || (etag !== undefined && tags.includes(etag));
}

function withoutLength({ 'content-length': _, ...headers }: Record<string, string>): Record<string, string> {
  return headers;
}

function forwarded(answer: IncomingMessage): Record<string, string> {
  const metadata = Object.keys(answer.headers).filter((name) => name.startsWith('x-amz-meta-'));
  const entries = [...FORWARDED, ...metadata].flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return Object.fromEntries(entries);
}

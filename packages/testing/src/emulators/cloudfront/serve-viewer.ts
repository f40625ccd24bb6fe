import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseByteRange } from '../s3/byte-range.ts';
import type { CachedAnswer, EdgeCache } from './edge-cache.ts';
import { fetchFromOrigin, type S3OriginOptions } from './s3-origin.ts';

/** Larger objects pass through uncached, so that the emulator's memory stays small. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;
/** What of the origin's answer goes on to viewers. */
const FORWARDED = [
  'content-type',
  'content-length',
  'content-range',
  'etag',
  'last-modified',
  'accept-ranges',
  'content-disposition',
  'x-amz-meta-cache-tag',
];

/** Answers a viewer whose leave is verified: from the edge, else from the origin. */
export async function serveViewer(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  origin: S3OriginOptions,
  cache: EdgeCache,
  nowMs: number,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const known = cache.get(target, nowMs);
  if (known !== undefined) return answerFromEdge(request, response, known, 'Hit from cloudfront');
  const head = await fetchFromOrigin(origin, 'HEAD', target, undefined);
  head.resume();
  const sizeBytes = Number(head.headers['content-length'] ?? 0);
  if (head.statusCode === 200 && sizeBytes > MAX_CACHED_BYTES) {
    const answer = await fetchFromOrigin(origin, request.method, target, request.headers.range);
    response.writeHead(answer.statusCode ?? 502, { ...forwarded(answer), 'x-cache': 'Miss from cloudfront' });
    return pipeline(answer, response);
  }
  const answer = await fetchFromOrigin(origin, 'GET', target, undefined);
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const fresh = { status: answer.statusCode ?? 502, headers: forwarded(answer), body: Buffer.concat(chunks) };
  cache.set(target, fresh, nowMs);
  answerFromEdge(request, response, fresh, 'Miss from cloudfront');
}

function answerFromEdge(
  request: IncomingMessage,
  response: ServerResponse,
  answer: CachedAnswer,
  xCache: string,
): void {
  const { status, body, headers } = answer;
  response.setHeader('x-cache', status >= 400 ? 'Error from cloudfront' : xCache);
  for (const [name, value] of Object.entries(headers)) if (name !== 'content-length') response.setHeader(name, value);
  if (status !== 200) {
    response.writeHead(status, { 'content-length': body.length }).end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  const range = parseByteRange(request.headers.range, body.length);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  const part = range === 'whole' ? body : body.subarray(range.start, range.end + 1);
  if (range !== 'whole') response.setHeader('content-range', `bytes ${range.start}-${range.end}/${body.length}`);
  response.writeHead(range === 'whole' ? 200 : 206, { 'content-length': part.length });
  response.end(request.method === 'HEAD' ? undefined : part);
}

function forwarded(answer: IncomingMessage): Record<string, string> {
  const entries = FORWARDED.flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return Object.fromEntries(entries);
}

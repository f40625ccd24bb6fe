import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseByteRange } from '../s3/byte-range.ts';
import { notFound } from './stream-refusal.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mpd': 'application/dash+xml',
  '.m4s': 'video/iso.segment',
  '.mp4': 'video/mp4',
  '.m4a': 'audio/mp4',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
};

/** Sends a file, whole or a range of it. @throws {StreamRefusal} when it does not exist */
export async function serveFile(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw notFound();
    throw error;
  });
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Cache-Control', 'no-store');
  const range = parseByteRange(request.headers.range, facts.size);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${facts.size}` }).end();
    return;
  }
  const { start, end } = range === 'whole' ? { start: 0, end: facts.size - 1 } : range;
  if (range !== 'whole') response.setHeader('Content-Range', `bytes ${start}-${end}/${facts.size}`);
  response.writeHead(range === 'whole' ? 200 : 206, { 'Content-Length': end - start + 1 });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(path, { start, end }), response);
}

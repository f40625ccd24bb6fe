import type { IncomingHttpHeaders } from 'node:http';
import { badRequest, StreamRefusal } from './stream-refusal.ts';

const MIN_CHUNK_BYTES = 5_242_880;
const MAX_CHUNK_BYTES = 209_715_200;
const CHUNK_STEP_BYTES = 262_144;

/**
 * Refuses a tus chunk that the service would not accept; only the last one may have any size up to the largest. @throws
 * {StreamRefusal}
 */
export function enforceChunkRules(headers: IncomingHttpHeaders, lengthBytes: number): void {
  const chunkBytes = Number(headers['content-length'] ?? Number.NaN);
  if (!Number.isInteger(chunkBytes)) throw new StreamRefusal(411, 10005, 'Chunks must come with a Content-Length.');
  if (chunkBytes > MAX_CHUNK_BYTES)
    throw new StreamRefusal(413, 10005, `Chunk size must be at most ${MAX_CHUNK_BYTES} bytes`);
  const isLast = Number(headers['upload-offset']) + chunkBytes >= lengthBytes;
  if (isLast) return;
  if (chunkBytes < MIN_CHUNK_BYTES) throw badRequest(`Chunk size must be at least ${MIN_CHUNK_BYTES} bytes`);
  if (chunkBytes % CHUNK_STEP_BYTES !== 0) throw badRequest('Chunk size must be a multiple of 256KiB');
}

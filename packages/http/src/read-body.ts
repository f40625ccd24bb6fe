import { alreadyRead } from './already-read.ts';
import { joinChunks } from './join-chunks.ts';
import { nodeRequestOf } from './node-request-of.ts';
import { readIncoming } from './read-incoming.ts';
import { Refusal } from './refusal.ts';

/** Limits on the size of a body, and on the time that reading it may take. */
export interface BodyBounds {
  /** Most bytes. */
  readonly maxBytes: number;
  /** From the first read to the last. */
  readonly timeoutMs: number;
}

/**
 * Reads the bytes of a body. A length above the limit is refused before a byte is read, a longer body as soon as it exceeds
 * the limit: never more than the limit and one chunk are in memory.
 * @throws {Refusal} `BODY_TOO_LARGE`, `REQUEST_TIMEOUT`, `BODY_INVALID` when the connection ends early
 * @throws {ConfigurationError} the host app has read it
 */
export async function readBody(request: Request, bounds: BodyBounds): Promise<Uint8Array> {
  const { maxBytes, timeoutMs } = bounds;
  const declared = request.headers.get('content-length');
  // Without a length: 0.
  if (Number(declared) > maxBytes) throw new Refusal('BODY_TOO_LARGE');
  if (declared === '0') return new Uint8Array();
  const incoming = nodeRequestOf(request);
  if (incoming !== undefined && !incoming.readableDidRead) return readIncoming(incoming, bounds);
  const { body } = request;
  if (body === null) return new Uint8Array();
  if (request.bodyUsed || body.locked) throw alreadyRead();
  const reader = body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Refusal('REQUEST_TIMEOUT')), timeoutMs);
  });
  try {
    return await Promise.race([readAll(reader, maxBytes), late]);
  } catch (error) {
    // Not cancelled: that would close the connection of a Node server before it has answered. The server handles the rest.
    reader.releaseLock();
    if (error instanceof Refusal || request.signal.aborted) throw error;
    throw new Refusal('BODY_INVALID');
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength;
    if (size > maxBytes) throw new Refusal('BODY_TOO_LARGE');
    chunks.push(read.value);
  }
  return joinChunks(chunks, size);
}

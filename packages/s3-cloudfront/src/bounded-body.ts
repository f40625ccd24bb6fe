import { addAbortSignal, Readable } from 'node:stream';
import { unreadable } from './aws-error.ts';

/** A list of 1 000 keys of 1 024 characters stays far below it. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * Reads a body to its end, however long an endless one is (S19).
 * @throws {AwsError} more than `maxBytes`; the rest is not read, and the connection is closed
 */
export async function readBounded(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop destroys the stream.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return unreadable();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, length));
}

/** The body of an answer, whose reading an abort ends; with a handler of fetch, its own signal does. */
export function bodyOf(
  body: { transformToWebStream(): ReadableStream<Uint8Array> } | undefined,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  if (body === undefined) return unreadable();
  return body instanceof Readable ? addAbortSignal(signal, body) : body.transformToWebStream();
}

/** How the SDK reads answers that it parses whole: lists, results, errors. */
export function collectAnswer(body: Readable): Promise<Uint8Array> {
  return readBounded(body, MAX_ANSWER_BYTES);
}

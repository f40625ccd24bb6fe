import { addAbortSignal, Readable } from 'node:stream';
import { type AwsService, unreadable } from './aws-error.ts';

/** Most bytes of one answer of AWS: a list of 1 000 keys of 1 024 characters is far smaller. */
export const MAX_ANSWER_BYTES: number = 16 * 1024 * 1024;

/**
 * Reads a whole body, unless it exceeds the bound.
 * @throws {AwsError} more than `maxBytes`; the rest is not read, and the connection is closed
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  service: AwsService = 'S3',
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // An early exit from the loop destroys the stream.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return unreadable(service);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, length));
}

/** The body of an answer; an abort of `signal` ends its reading (of a fetch handler's body, the request's own signal does). */
export function bodyOf(
  body: { transformToWebStream(): ReadableStream<Uint8Array> } | undefined,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  if (body === undefined) return unreadable();
  return body instanceof Readable ? addAbortSignal(signal, body) : body.transformToWebStream();
}

/** Replaces the SDK's reader of answers of S3 that it parses as a whole: lists, results, errors. At most 16 MiB. */
export function collectAnswer(body: Readable): Promise<Uint8Array> {
  return readBounded(body, MAX_ANSWER_BYTES);
}

/** The same for answers of CloudFront. */
export function collectCloudFrontAnswer(body: Readable): Promise<Uint8Array> {
  return readBounded(body, MAX_ANSWER_BYTES, 'CloudFront');
}

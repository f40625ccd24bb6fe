import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyFiles } from './body-files.ts';
import type { Bucket } from './bucket.ts';
import type { EmulatedMultipartUploads } from './multipart-uploads.ts';
import { S3Error } from './s3-error.ts';
import { toXml } from './s3-xml.ts';
import type { VerifiedRequest } from './signature-v4.ts';
import type { StoreAbilities } from './store-abilities.ts';

/** XML bodies of requests are small. */
const MAX_XML_BYTES = 2 * 1024 * 1024;

/** The request and the state that a handler gets. */
export interface S3Request {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly bucket: Bucket;
  /** Decoded; empty for calls on the bucket. */
  readonly key: string;
  readonly verified: VerifiedRequest;
  readonly files: BodyFiles;
  readonly uploads: EmulatedMultipartUploads;
  /** All buckets by name, including this one. */
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly abilities: StoreAbilities;
  /** Whether every page of a list announces another one. */
  readonly endlessLists: boolean;
  readonly nowMs: number;
}

/** Answers with an XML document. */
export function answerXml(response: ServerResponse, status: number, root: string, content: object): void {
  const body = toXml(root, content);
  response
    .writeHead(status, { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}

/** The request's XML body as text; bytes beyond the bound are read and dropped. @throws {S3Error} when it is too large */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_XML_BYTES) chunks.push(chunk);
  }
  if (sizeBytes > MAX_XML_BYTES) throw new S3Error(400, 'MaxMessageLengthExceeded', 'Your request was too big.');
  return Buffer.concat(chunks).toString('utf8');
}

/** A whole number of the query, with a maximum. @throws {S3Error} 400 `InvalidArgument` */
export function queryNumber(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  if (/^\d{1,10}$/.test(text)) return Math.min(max, Number(text));
  throw new S3Error(400, 'InvalidArgument', `Argument ${name} must be an integer between 0 and 2147483647`, {
    ArgumentName: name,
  });
}

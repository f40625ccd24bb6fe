import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyFiles } from './body-files.ts';
import type { Bucket } from './bucket.ts';
import type { EmulatedMultipartUploads } from './multipart-uploads.ts';
import { S3Error } from './s3-error.ts';
import { toXml } from './s3-xml.ts';
import type { VerifiedRequest } from './signature-v4.ts';

/** XML bodies of requests are small. */
const MAX_XML_BYTES = 2 * 1024 * 1024;

/** What a handler has at hand. */
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
  readonly nowMs: number;
}

/** Answers with an XML document. */
export function answerXml(response: ServerResponse, status: number, root: string, content: object): void {
  const body = toXml(root, content);
  response
    .writeHead(status, { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}

/** The request's XML body as text. @throws {S3Error} when it is too large */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_XML_BYTES) throw new S3Error(400, 'MaxMessageLengthExceeded', 'Your request was too big.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Headers that travel with an object. */
export function readObjectHead(request: IncomingMessage): {
  readonly contentType: string;
  readonly contentDisposition?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const metadata = Object.entries(request.headers).flatMap(([name, value]) =>
    name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), String(value)] as const] : [],
  );
  return {
    contentType: request.headers['content-type'] ?? 'binary/octet-stream',
    contentDisposition: request.headers['content-disposition'],
    metadata: Object.fromEntries(metadata),
  };
}

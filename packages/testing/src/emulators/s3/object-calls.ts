import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { parseByteRange } from './byte-range.ts';
import { S3Error } from './s3-error.ts';
import { readObjectHead, type S3Request } from './s3-request.ts';
import type { ObjectVersion, StoredBytes } from './stored-object.ts';

const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** PUT of a whole object. */
export async function putObject(call: S3Request): Promise<void> {
  const { request, response, bucket, key, nowMs } = call;
  const head = readObjectHead(request);
  const ifNoneMatch = request.headers['if-none-match'] === '*';
  const bytes = await receive(call);
  const version = await bucket.put(key, head, bytes, bytes.md5, nowMs, ifNoneMatch);
  response.setHeader('ETag', `"${version.eTag}"`);
  if (bucket.versioned) response.setHeader('x-amz-version-id', version.versionId);
  response.writeHead(200).end();
}

/** GET and HEAD, with ranges and conditions. */
export async function getObject(call: S3Request): Promise<void> {
  const { request, response, bucket, key, query } = call;
  const versionId = query.get('versionId');
  const object = versionId === null ? bucket.current(key) : bucket.version(key, versionId);
  if (object === undefined || object.deleteMarker) {
    throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
  }
  const range = parseByteRange(request.headers.range, object.sizeBytes);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${object.sizeBytes}`);
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
      ActualObjectSize: object.sizeBytes,
    });
  }
  describe(call, object);
  if (request.headers['if-none-match'] === `"${object.eTag}"`) return void response.writeHead(304).end();
  const { start, end } = range === 'whole' ? { start: 0, end: object.sizeBytes - 1 } : range;
  response.setHeader('Content-Length', end - start + 1);
  if (range !== 'whole') response.setHeader('Content-Range', `bytes ${start}-${end}/${object.sizeBytes}`);
  response.writeHead(range === 'whole' ? 200 : 206);
  if (request.method === 'HEAD' || object.sizeBytes === 0) return void response.end();
  await pipeline(createReadStream(object.path, { start, end }), response);
}

/** DELETE; missing is success. */
export async function deleteObject(call: S3Request): Promise<void> {
  const { response, bucket, key, query, nowMs } = call;
  const { deleteMarker, versionId } = await bucket.delete(key, query.get('versionId') ?? undefined, nowMs);
  if (deleteMarker) response.setHeader('x-amz-delete-marker', 'true');
  if (versionId !== undefined && bucket.versioned) response.setHeader('x-amz-version-id', versionId);
  response.writeHead(204).end();
}

/** Takes a request's body in, as long as it is what was signed and announced. */
export async function receive(call: S3Request): Promise<StoredBytes> {
  const { request, query, files, verified } = call;
  const announced = request.headers['content-length'];
  if (announced === undefined)
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  if (verified.payloadHash.startsWith('STREAMING-')) {
    throw new S3Error(501, 'NotImplemented', 'Bodies in signed chunks are not emulated.');
  }
  const bytes = await files.store(request, MAX_PUT_BYTES, () => tooLarge(MAX_PUT_BYTES));
  if (bytes.sizeBytes !== Number(announced)) {
    await rm(bytes.path, { force: true });
    throw new S3Error(
      400,
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  }
  await refuseWrongDigests(call, bytes, query);
  return bytes;
}

/** 400 of anything larger than its bound. */
export function tooLarge(maxBytes: number): S3Error {
  return new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    MaxSizeAllowed: maxBytes,
  });
}

async function refuseWrongDigests(call: S3Request, bytes: StoredBytes, query: URLSearchParams): Promise<void> {
  const contentMd5 = call.request.headers['content-md5'];
  const wrongMd5 = contentMd5 !== undefined && contentMd5 !== Buffer.from(bytes.md5, 'hex').toString('base64');
  const sha256 = call.request.headers['x-amz-checksum-sha256'] ?? query.get('x-amz-checksum-sha256') ?? undefined;
  const payload = /^[0-9a-f]{64}$/.test(call.verified.payloadHash) ? call.verified.payloadHash : undefined;
  const digest = sha256 === undefined && payload === undefined ? undefined : await sha256Of(bytes.path);
  const wrongSha = sha256 !== undefined && sha256 !== digest?.toString('base64');
  const wrongPayload = payload !== undefined && payload !== digest?.toString('hex');
  if (!wrongMd5 && !wrongSha && !wrongPayload) return;
  await rm(bytes.path, { force: true });
  if (wrongPayload)
    throw new S3Error(
      400,
      'XAmzContentSHA256Mismatch',
      'The provided x-amz-content-sha256 header does not match what was computed.',
    );
  throw new S3Error(
    400,
    'BadDigest',
    'The Content-MD5 or checksum value that you specified did not match what the server received.',
  );
}

async function sha256Of(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest();
}

function describe({ response, bucket, query }: S3Request, object: ObjectVersion): void {
  response.setHeader('Content-Type', query.get('response-content-type') ?? object.contentType);
  const disposition = query.get('response-content-disposition') ?? object.contentDisposition;
  if (disposition !== undefined) response.setHeader('Content-Disposition', disposition);
  response.setHeader('ETag', `"${object.eTag}"`);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Last-Modified', new Date(object.lastModifiedMs).toUTCString());
  if (bucket.versioned) response.setHeader('x-amz-version-id', object.versionId);
  for (const [name, value] of Object.entries(object.metadata)) response.setHeader(`x-amz-meta-${name}`, value);
}

import { parsePartNumber, type RequestedPart } from './multipart-uploads.ts';
import { receive } from './object-calls.ts';
import { S3Error } from './s3-error.ts';
import { answerXml, readObjectHead, readText, type S3Request } from './s3-request.ts';
import { elements, fromXml } from './s3-xml.ts';

const LIST_PAGE = 1000;

/** `POST ?uploads` */
export async function createMultipartUpload(call: S3Request): Promise<void> {
  const UploadId = call.uploads.create(call.bucket.name, call.key, readObjectHead(call.request));
  answerXml(call.response, 200, 'InitiateMultipartUploadResult', { Bucket: call.bucket.name, Key: call.key, UploadId });
}

/** `PUT ?partNumber&uploadId` */
export async function uploadPart(call: S3Request): Promise<void> {
  const partNumber = parsePartNumber(call.query.get('partNumber'));
  const bytes = await receive(call);
  const eTag = await call.uploads.putPart(uploadId(call), call.bucket.name, call.key, partNumber, bytes, call.nowMs);
  call.response.writeHead(200, { ETag: `"${eTag}"` }).end();
}

/** `GET ?uploadId`, at most 1 000 a page. */
export async function listParts(call: S3Request): Promise<void> {
  const marker = Number(call.query.get('part-number-marker') ?? 0);
  const limit = Math.min(LIST_PAGE, Number(call.query.get('max-parts') ?? LIST_PAGE));
  const all = call.uploads.list(uploadId(call), call.bucket.name, call.key).filter((part) => part.partNumber > marker);
  const page = all.slice(0, limit);
  answerXml(call.response, 200, 'ListPartsResult', {
    Bucket: call.bucket.name,
    Key: call.key,
    UploadId: uploadId(call),
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
    MaxParts: limit,
    IsTruncated: all.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.partNumber,
      LastModified: new Date(part.lastModifiedMs).toISOString(),
      ETag: `"${part.md5}"`,
      Size: part.sizeBytes,
    })),
  });
}

/** `POST ?uploadId` */
export async function completeMultipartUpload(call: S3Request): Promise<void> {
  const { request, bucket, key, uploads, nowMs } = call;
  const id = uploadId(call);
  const body = fromXml('CompleteMultipartUpload', await readText(request));
  const requested = elements(body?.['Part']).map(toRequestedPart);
  const size = request.headers['x-amz-mp-object-size'];
  if (request.headers['if-none-match'] === '*' && bucket.current(key) !== undefined) {
    throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
      Condition: 'If-None-Match',
    });
  }
  const joined = await uploads.join(id, bucket.name, key, requested, size === undefined ? undefined : Number(size));
  const version = await bucket.put(key, joined.head, joined.bytes, joined.eTag, nowMs);
  await uploads.finish(id, bucket.name, key);
  if (bucket.versioned) call.response.setHeader('x-amz-version-id', version.versionId);
  answerXml(call.response, 200, 'CompleteMultipartUploadResult', {
    Location: `/${bucket.name}/${key}`,
    Bucket: bucket.name,
    Key: key,
    ETag: `"${version.eTag}"`,
  });
}

/** `DELETE ?uploadId` */
export async function abortMultipartUpload(call: S3Request): Promise<void> {
  await call.uploads.finish(uploadId(call), call.bucket.name, call.key);
  call.response.writeHead(204).end();
}

function uploadId(call: S3Request): string {
  return call.query.get('uploadId') ?? '';
}

function toRequestedPart(part: Record<string, unknown>): RequestedPart {
  return { partNumber: Number(part['PartNumber']), eTag: String(part['ETag'] ?? '') };
}

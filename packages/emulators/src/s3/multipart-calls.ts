import { parsePartNumber, type RequestedPart } from './multipart-uploads.ts';
import { readObjectHead } from './object-head.ts';
import { answerXml, queryNumber, type S3Request } from './s3-request.ts';
import { childElements, childTexts, fromXml, malformedXml, type XmlElement } from './s3-xml.ts';
import { readSignedText, receive } from './signed-body.ts';
import { readWriteConditions, refuseAcl } from './write-conditions.ts';

const LIST_PAGE = 1000;

/** `POST ?uploads` */
export async function createMultipartUpload(call: S3Request): Promise<void> {
  const { request, response, bucket, key, uploads, nowMs } = call;
  const headers = Object.entries(request.headers);
  refuseAcl(headers);
  const UploadId = uploads.create(bucket.name, key, readObjectHead(headers), nowMs);
  answerXml(response, 200, 'InitiateMultipartUploadResult', { Bucket: bucket.name, Key: key, UploadId });
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
  const marker = queryNumber(call.query, 'part-number-marker', 0, Number.MAX_SAFE_INTEGER);
  const limit = queryNumber(call.query, 'max-parts', LIST_PAGE, LIST_PAGE);
  const all = call.uploads.list(uploadId(call), call.bucket.name, call.key).filter((part) => part.partNumber > marker);
  const page = all.slice(0, limit);
  answerXml(call.response, 200, 'ListPartsResult', {
    Bucket: call.bucket.name,
    Key: call.key,
    UploadId: uploadId(call),
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
    MaxParts: limit,
    IsTruncated: limit > 0 && all.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.partNumber,
      LastModified: new Date(part.lastModifiedMs).toISOString(),
      ETag: `"${part.md5}"`,
      Size: part.sizeBytes,
    })),
  });
}

/** `POST ?uploadId`. `origin` begins the address in the answer. */
export async function completeMultipartUpload(call: S3Request, origin: string): Promise<void> {
  const { request, response, bucket, key, uploads, nowMs } = call;
  const conditions = readWriteConditions(request.headers);
  const { text } = await readSignedText(call);
  const requested = childElements(fromXml('CompleteMultipartUpload', text), 'Part').map(toRequestedPart);
  const size = request.headers['x-amz-mp-object-size'];
  bucket.refuseUnmet(key, conditions);
  const version = await uploads.complete(
    { id: uploadId(call), bucket: bucket.name, key },
    requested,
    size === undefined ? undefined : Number(size),
    // Once more, and at the same instant as the write: another writer may have been faster.
    ({ head, bytes, eTag }) => bucket.put(key, head, bytes, eTag, nowMs, conditions),
  );
  if (bucket.versioned) response.setHeader('x-amz-version-id', version.versionId);
  answerXml(response, 200, 'CompleteMultipartUploadResult', {
    Location: `${origin}/${bucket.name}/${encodeURIComponent(key)}`,
    Bucket: bucket.name,
    Key: key,
    ETag: `"${version.eTag}"`,
  });
}

/** `DELETE ?uploadId` */
export async function abortMultipartUpload(call: S3Request): Promise<void> {
  await call.uploads.abort(uploadId(call), call.bucket.name, call.key);
  call.response.writeHead(204).end();
}

function uploadId(call: S3Request): string {
  return call.query.get('uploadId') ?? '';
}

function toRequestedPart(part: XmlElement): RequestedPart {
  const [partNumber = '', ...moreNumbers] = childTexts(part, 'PartNumber');
  const [eTag, ...moreTags] = childTexts(part, 'ETag');
  if (!/^\d{1,5}$/.test(partNumber) || eTag === undefined || moreNumbers.length + moreTags.length > 0)
    throw malformedXml();
  return { partNumber: Number(partNumber), eTag };
}

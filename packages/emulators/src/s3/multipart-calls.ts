import { rm } from 'node:fs/promises';
import { algorithmOf, checksumsOf } from './body-checks.ts';
import { refuseWrongJoin } from './joined-object-checks.ts';
import { type Part, parsePartNumber, type RequestedPart } from './multipart-uploads.ts';
import { readObjectHead } from './object-head.ts';
import { headerNotImplemented, S3Error } from './s3-error.ts';
import { answerXml, queryNumber, type S3Request } from './s3-request.ts';
import { childElements, childTexts, fromXml, malformedXml, type XmlElement } from './s3-xml.ts';
import { readSignedText, receive } from './signed-body.ts';
import { setEncryption } from './storage-settings.ts';
import { isCeph } from './store-abilities.ts';
import type { ObjectVersion, StoredBytes } from './stored-object.ts';
import { askedOf, readWriteConditions, refuseAclAndNotEmulated } from './write-conditions.ts';

const LIST_PAGE = 1000;

/** `POST ?uploads` */
export async function createMultipartUpload(call: S3Request): Promise<void> {
  const { request, response, bucket, key, uploads, nowMs } = call;
  const headers = Object.entries(request.headers);
  refuseAclAndNotEmulated(askedOf(call));
  const head = readObjectHead(headers);
  const UploadId = uploads.create(bucket.name, key, head, nowMs);
  setEncryption(response, head, call.abilities);
  answerXml(response, 200, 'InitiateMultipartUploadResult', { Bucket: bucket.name, Key: key, UploadId });
}

/** `PUT ?partNumber&uploadId` */
export async function uploadPart(call: S3Request): Promise<void> {
  if (call.request.headers['x-amz-copy-source'] !== undefined)
    throw new S3Error(501, 'NotImplemented', 'UploadPartCopy is not emulated.');
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
      ETag: `"${part.eTag}"`,
      Size: part.sizeBytes,
    })),
  });
}

/** `POST ?uploadId`. `origin` is the start of the URL in the answer. */
export async function completeMultipartUpload(call: S3Request, origin: string): Promise<void> {
  const { request, response, bucket, key, uploads, abilities, nowMs } = call;
  const conditions = readWriteConditions(call, 'complete');
  const size = request.headers['x-amz-mp-object-size'];
  if (size !== undefined && abilities.withoutObjectSize === true) throw headerNotImplemented('x-amz-mp-object-size');
  // The checksum headers are of the object, not of this document.
  const { text } = await readSignedText(call, { isChecked: false });
  const requested = childElements(fromXml('CompleteMultipartUpload', text), 'Part').map(toRequestedPart);
  const id = uploadId(call);
  const earlier = bucket.current(key);
  if (isCeph(abilities) && earlier?.uploadId === id) return answerCompleted(call, earlier, `"${earlier.eTag}"`, origin);
  bucket.refuseUnmet(key, conditions);
  const version = await uploads.complete(
    { id, bucket: bucket.name, key },
    requested,
    size === undefined ? undefined : Number(size),
    async ({ head, bytes, eTag, parts }) => {
      if (!isCeph(abilities)) await refuseWrongChecksums(call, bytes, parts, requested);
      // The conditions are checked again together with the write, since another writer may have been faster.
      return bucket.put(key, { ...head, uploadId: id }, bytes, eTag, nowMs, conditions);
    },
  );
  setEncryption(response, version, abilities);
  answerCompleted(call, version, isCeph(abilities) ? '' : `"${version.eTag}"`, origin);
}

async function refuseWrongChecksums(
  { request }: S3Request,
  bytes: StoredBytes,
  parts: readonly Part[],
  requested: readonly RequestedPart[],
): Promise<void> {
  const expected = checksumsOf(Object.entries(request.headers)).map(
    ([name, value]) => [algorithmOf(name), value] as const,
  );
  const toCheck = parts.map((part, index) => ({ ...part, expected: requested[index]?.checksums ?? new Map() }));
  await refuseWrongJoin(bytes, toCheck, new Map(expected)).catch(async (error: unknown) => {
    await rm(bytes.path, { force: true });
    throw error;
  });
}

function answerCompleted(
  { response, bucket, key }: S3Request,
  { versionId }: ObjectVersion,
  ETag: string,
  origin: string,
): void {
  if (bucket.versioned) response.setHeader('x-amz-version-id', versionId);
  answerXml(response, 200, 'CompleteMultipartUploadResult', {
    Location: `${origin}/${bucket.name}/${encodeURIComponent(key)}`,
    Bucket: bucket.name,
    Key: key,
    ETag,
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
  const checksums = Object.keys(part).flatMap((name) => {
    const [, algorithm] = /^Checksum([A-Z0-9]+)$/.exec(name) ?? [];
    const [value] = algorithm === undefined ? [] : childTexts(part, name);
    return algorithm === undefined || value === undefined ? [] : [[algorithm.toLowerCase(), value] as const];
  });
  return { partNumber: Number(partNumber), eTag, checksums: new Map(checksums) };
}

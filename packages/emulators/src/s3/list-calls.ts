import { compareKeys } from './bucket.ts';
import { pageOf } from './list-page.ts';
import { encodeStrictly } from './request-target.ts';
import { S3Error } from './s3-error.ts';
import { answerXml, queryNumber, type S3Request } from './s3-request.ts';
import type { ObjectVersion } from './stored-object.ts';

const LIST_PAGE = 1000;

/** `GET ?list-type=2` */
export async function listObjects(call: S3Request): Promise<void> {
  const { query, bucket } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = queryNumber(query, 'max-keys', LIST_PAGE, LIST_PAGE);
  const startAfter = query.get('start-after') ?? '';
  const all = bucket.list(prefix).filter(({ key }) => compareKeys(key, startAfter) > 0);
  const page = pageOf(all, { prefix, delimiter, after: decodeToken(query.get('continuation-token')), limit });
  const name = nameEncoder(query);
  const isTruncated = page.isTruncated || call.endlessLists;
  answerXml(call.response, 200, 'ListBucketResult', {
    Name: bucket.name,
    Prefix: name(prefix),
    ...(delimiter !== '' && { Delimiter: name(delimiter) }),
    ...encodingOf(query),
    KeyCount: page.entries.length + page.commonPrefixes.length,
    MaxKeys: limit,
    IsTruncated: isTruncated,
    ...(isTruncated && { NextContinuationToken: Buffer.from(page.last).toString('base64url') }),
    Contents: page.entries.map((object) => describeObject(object, name)),
    CommonPrefixes: page.commonPrefixes.map((group) => ({ Prefix: name(group) })),
  });
}

/** `GET` without `list-type`: version 1, whose pages continue after a key. */
export async function listObjectsV1(call: S3Request): Promise<void> {
  const { query, bucket } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = queryNumber(query, 'max-keys', LIST_PAGE, LIST_PAGE);
  const marker = query.get('marker') ?? '';
  const page = pageOf(bucket.list(prefix), { prefix, delimiter, after: marker, limit });
  const name = nameEncoder(query);
  const isTruncated = page.isTruncated || call.endlessLists;
  answerXml(call.response, 200, 'ListBucketResult', {
    Name: bucket.name,
    Prefix: name(prefix),
    Marker: name(marker),
    ...(delimiter !== '' && { Delimiter: name(delimiter) }),
    ...encodingOf(query),
    MaxKeys: limit,
    IsTruncated: isTruncated,
    // Without a delimiter there is no `NextMarker`: clients continue after the last key.
    ...(isTruncated && delimiter !== '' && { NextMarker: name(page.last) }),
    Contents: page.entries.map((object) => describeObject(object, name)),
    CommonPrefixes: page.commonPrefixes.map((group) => ({ Prefix: name(group) })),
  });
}

/** `GET ?versions`, all markers included. */
export async function listObjectVersions(call: S3Request): Promise<void> {
  const { query, bucket } = call;
  refuseDelimiter(query);
  const prefix = query.get('prefix') ?? '';
  const limit = queryNumber(query, 'max-keys', LIST_PAGE, LIST_PAGE);
  const keyMarker = query.get('key-marker') ?? '';
  const versionIdMarker = query.get('version-id-marker') ?? '';
  const all = bucket.listVersions(prefix).filter(({ version }) => {
    const order = compareKeys(version.key, keyMarker);
    // Versions of one key come newest first, and ids ascend with time.
    return order > 0 || (order === 0 && versionIdMarker !== '' && version.versionId < versionIdMarker);
  });
  const page = all.slice(0, limit);
  const next = page.at(-1)?.version;
  const isTruncated = (limit > 0 && all.length > page.length) || call.endlessLists;
  const name = nameEncoder(query);
  const describe = ({ version, isLatest }: (typeof page)[number]) => ({
    Key: name(version.key),
    VersionId: version.versionId,
    IsLatest: isLatest,
    LastModified: new Date(version.lastModifiedMs).toISOString(),
    ...(!version.deleteMarker && {
      ETag: `"${version.eTag}"`,
      Size: version.sizeBytes,
      StorageClass: version.storageClass,
    }),
  });
  answerXml(call.response, 200, 'ListVersionsResult', {
    Name: bucket.name,
    Prefix: name(prefix),
    ...encodingOf(query),
    MaxKeys: limit,
    IsTruncated: isTruncated,
    ...(isTruncated && { NextKeyMarker: name(next?.key ?? ''), NextVersionIdMarker: next?.versionId }),
    Version: page.filter(({ version }) => !version.deleteMarker).map(describe),
    DeleteMarker: page.filter(({ version }) => version.deleteMarker).map(describe),
  });
}

/** `GET ?uploads`: uploads that are neither completed nor aborted. */
export async function listMultipartUploads(call: S3Request): Promise<void> {
  const { query, bucket, uploads } = call;
  refuseDelimiter(query);
  const prefix = query.get('prefix') ?? '';
  const limit = queryNumber(query, 'max-uploads', LIST_PAGE, LIST_PAGE);
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const all = uploads.all(bucket.name, prefix).filter(({ key, uploadId }) => {
    const order = compareKeys(key, keyMarker);
    return order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker);
  });
  const page = all.slice(0, limit);
  const isTruncated = (limit > 0 && all.length > page.length) || call.endlessLists;
  const name = nameEncoder(query);
  answerXml(call.response, 200, 'ListMultipartUploadsResult', {
    Bucket: bucket.name,
    Prefix: name(prefix),
    ...encodingOf(query),
    MaxUploads: limit,
    IsTruncated: isTruncated,
    ...(isTruncated && { NextKeyMarker: name(page.at(-1)?.key ?? ''), NextUploadIdMarker: page.at(-1)?.uploadId }),
    Upload: page.map(({ key, uploadId, initiatedMs, head }) => ({
      Key: name(key),
      UploadId: uploadId,
      StorageClass: head.storageClass,
      Initiated: new Date(initiatedMs).toISOString(),
    })),
  });
}

function describeObject(object: ObjectVersion, name: (text: string) => string): object {
  return {
    Key: name(object.key),
    LastModified: new Date(object.lastModifiedMs).toISOString(),
    ETag: `"${object.eTag}"`,
    Size: object.sizeBytes,
    StorageClass: object.storageClass,
  };
}

/**
 * Keys may contain characters that XML cannot; clients can request them encoded as in a form: a space becomes `+`, as botocore
 * reads it.
 */
function nameEncoder(query: URLSearchParams): (name: string) => string {
  const type = query.get('encoding-type');
  if (type === null) return (name) => name;
  if (type !== 'url')
    throw new S3Error(400, 'InvalidArgument', 'Invalid Encoding Method specified in Request', {
      ArgumentName: 'encoding-type',
    });
  return (name) => encodeStrictly(name).replaceAll('%20', '+').replaceAll('%2F', '/');
}

function encodingOf(query: URLSearchParams): { readonly EncodingType?: string } {
  return query.get('encoding-type') === 'url' ? { EncodingType: 'url' } : {};
}

function decodeToken(token: string | null): string {
  const key = Buffer.from(token ?? '', 'base64url').toString('utf8');
  if (Buffer.from(key).toString('base64url') !== (token ?? ''))
    throw new S3Error(400, 'InvalidArgument', 'The continuation token provided is incorrect');
  return key;
}

function refuseDelimiter(query: URLSearchParams): void {
  if ((query.get('delimiter') ?? '') !== '')
    throw new S3Error(501, 'NotImplemented', 'A delimiter is emulated for lists of objects only.');
}

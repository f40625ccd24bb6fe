import { createHash } from 'node:crypto';
import { S3Error } from './s3-error.ts';
import { answerXml, readText, type S3Request } from './s3-request.ts';
import { elements, fromXml } from './s3-xml.ts';

const LIST_PAGE = 1000;

/** `GET ?list-type=2` */
export async function listObjects(call: S3Request): Promise<void> {
  const { query, bucket } = call;
  const prefix = query.get('prefix') ?? '';
  const limit = pageSize(query.get('max-keys'));
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : decodeToken(token);
  const all = bucket.list(prefix, after);
  const page = all.slice(0, limit);
  const isTruncated = all.length > page.length;
  answerXml(call.response, 200, 'ListBucketResult', {
    Name: bucket.name,
    Prefix: prefix,
    KeyCount: page.length,
    MaxKeys: limit,
    IsTruncated: isTruncated,
    ...(isTruncated && { NextContinuationToken: Buffer.from(page.at(-1)?.key ?? '').toString('base64url') }),
    Contents: page.map((object) => ({
      Key: object.key,
      LastModified: new Date(object.lastModifiedMs).toISOString(),
      ETag: `"${object.eTag}"`,
      Size: object.sizeBytes,
      StorageClass: 'STANDARD',
    })),
  });
}

/** `GET ?versions`, all markers included. */
export async function listObjectVersions(call: S3Request): Promise<void> {
  const { query, bucket } = call;
  const prefix = query.get('prefix') ?? '';
  const limit = pageSize(query.get('max-keys'));
  const keyMarker = query.get('key-marker');
  const versionIdMarker = query.get('version-id-marker');
  const every = bucket.listVersions(prefix);
  const last = every.findIndex(({ version }) => version.key === keyMarker && version.versionId === versionIdMarker);
  const all = keyMarker === null ? every : every.slice(last + 1);
  const page = all.slice(0, limit);
  const next = page.at(-1)?.version;
  const isTruncated = all.length > page.length;
  const describe = ({ version, isLatest }: (typeof page)[number]) => ({
    Key: version.key,
    VersionId: version.versionId,
    IsLatest: isLatest,
    LastModified: new Date(version.lastModifiedMs).toISOString(),
    ...(!version.deleteMarker && { ETag: `"${version.eTag}"`, Size: version.sizeBytes, StorageClass: 'STANDARD' }),
  });
  answerXml(call.response, 200, 'ListVersionsResult', {
    Name: bucket.name,
    Prefix: prefix,
    MaxKeys: limit,
    IsTruncated: isTruncated,
    ...(isTruncated && { NextKeyMarker: next?.key, NextVersionIdMarker: next?.versionId }),
    Version: page.filter(({ version }) => !version.deleteMarker).map(describe),
    DeleteMarker: page.filter(({ version }) => version.deleteMarker).map(describe),
  });
}

/** `POST ?delete`: 200 even when single keys are refused. `denied` keys are, for tests. */
export async function deleteObjects(call: S3Request, denied: ReadonlySet<string>): Promise<void> {
  const { request, bucket, nowMs, verified } = call;
  const text = await readText(request);
  refuseWrongPayload(text, verified.payloadHash);
  const wanted = elements(fromXml('Delete', text)?.['Object']);
  if (wanted.length === 0 || wanted.length > LIST_PAGE) {
    throw new S3Error(
      400,
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  const Deleted: object[] = [];
  const Errors: object[] = [];
  for (const object of wanted) {
    const Key = String(object['Key']);
    const VersionId = object['VersionId'] === undefined ? undefined : String(object['VersionId']);
    if (denied.has(Key)) {
      Errors.push({ Key, VersionId, Code: 'AccessDenied', Message: 'Access Denied' });
      continue;
    }
    const { deleteMarker, versionId } = await bucket.delete(Key, VersionId, nowMs);
    Deleted.push({
      Key,
      VersionId,
      ...(deleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: versionId }),
    });
  }
  answerXml(call.response, 200, 'DeleteResult', { Deleted, Error: Errors });
}

function pageSize(text: string | null): number {
  const limit = Number(text ?? LIST_PAGE);
  if (!Number.isInteger(limit) || limit < 0)
    throw new S3Error(400, 'InvalidArgument', 'Argument maxKeys must be an integer between 0 and 2147483647');
  return Math.min(LIST_PAGE, limit);
}

function decodeToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString('utf8');
  if (Buffer.from(key).toString('base64url') !== token)
    throw new S3Error(400, 'InvalidArgument', 'The continuation token provided is incorrect');
  return key;
}

function refuseWrongPayload(text: string, payloadHash: string): void {
  if (!/^[0-9a-f]{64}$/.test(payloadHash) || createHash('sha256').update(text).digest('hex') === payloadHash) return;
  throw new S3Error(
    400,
    'XAmzContentSHA256Mismatch',
    'The provided x-amz-content-sha256 header does not match what was computed.',
  );
}

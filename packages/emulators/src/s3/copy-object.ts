import { type CopySource, findCopySource, refuseUnmetSource } from './copy-source.ts';
import { readObjectHead } from './object-head.ts';
import { S3Error } from './s3-error.ts';
import { answerXml, type S3Request } from './s3-request.ts';
import {
  eTagFor,
  readStorageSettings,
  refuseArchived,
  type StorageSettings,
  setEncryption,
} from './storage-settings.ts';
import { isCeph } from './store-abilities.ts';
import { askedOf, readWriteConditions, refuseAclAndNotEmulated } from './write-conditions.ts';

const MAX_COPY_BYTES = 5 * 1024 ** 3;

/** PUT with `x-amz-copy-source`: one request, up to 5 GiB, of the current or of a named version. */
export async function copyObject(call: S3Request): Promise<void> {
  const { request, response, bucket, key, files, nowMs, abilities } = call;
  const headers = Object.entries(request.headers);
  refuseAclAndNotEmulated(askedOf(call));
  const conditions = readWriteConditions(call, 'copy');
  const source = findCopySource(call);
  const { object } = source;
  if (!isCeph(abilities)) refuseUnmetSource(request.headers, object);
  refuseArchived(object);
  if (object.sizeBytes > MAX_COPY_BYTES)
    throw illegal(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_COPY_BYTES}`,
    );
  const isReplaced = replacesMetadata(request.headers['x-amz-metadata-directive']);
  const settings = readStorageSettings(headers);
  if (!isReplaced) refuseSelfCopy(call, source, settings);
  const { headers: kept, metadata } = isReplaced ? readObjectHead(headers) : object;
  const bytes = await files.share(object);
  const version = await bucket.put(
    key,
    { headers: kept, metadata, ...settings },
    bytes,
    // The copy is one piece, even when the source was sent in parts.
    eTagFor(settings, bytes.md5),
    nowMs,
    conditions,
  );
  if (source.isVersioned) response.setHeader('x-amz-copy-source-version-id', object.versionId);
  if (bucket.versioned) response.setHeader('x-amz-version-id', version.versionId);
  setEncryption(response, version, abilities);
  answerXml(response, 200, 'CopyObjectResult', {
    LastModified: new Date(version.lastModifiedMs).toISOString(),
    ETag: `"${version.eTag}"`,
  });
}

function replacesMetadata(directive: string | readonly string[] | undefined): boolean {
  if (directive === undefined || directive === 'COPY') return false;
  if (directive === 'REPLACE') return true;
  throw new S3Error(400, 'InvalidArgument', 'Unknown metadata directive.', {
    ArgumentName: 'x-amz-metadata-directive',
  });
}

function refuseSelfCopy(
  { bucket, key }: S3Request,
  { object, bucket: from, isNamedVersion }: CopySource,
  { storageClass, encryption }: StorageSettings,
): void {
  const isSame = from === bucket.name && object.key === key && !isNamedVersion;
  if (!isSame || storageClass !== object.storageClass || Object.keys(encryption).length > 0) return;
  throw illegal(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

function illegal(message: string): S3Error {
  return new S3Error(400, 'InvalidRequest', message);
}

import type { IncomingHttpHeaders } from 'node:http';
import { unmetCondition } from './object-conditions.ts';
import { decodePart } from './request-target.ts';
import { noSuchKey, preconditionFailed, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import type { ObjectVersion } from './stored-object.ts';

/** The source of a copy. */
export interface CopySource {
  readonly object: ObjectVersion;
  /** Whether the request named the version, not only the key. */
  readonly isNamedVersion: boolean;
  /** Whether its bucket keeps versions. */
  readonly isVersioned: boolean;
  /** Name of its bucket. */
  readonly bucket: string;
}

/**
 * The object that `x-amz-copy-source` names: `/bucket/key?versionId=…`, percent-encoded, with or without the first slash.
 * @throws {S3Error}
 */
export function findCopySource({ request, buckets }: S3Request): CopySource {
  const header = String(request.headers['x-amz-copy-source']);
  const [, name = '', encodedKey = '', query = ''] = /^\/?([^/?]+)\/([^?]+)(?:\?(.*))?$/.exec(header) ?? [];
  if (name === '')
    throw new S3Error(
      400,
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  const bucket = buckets.get(name);
  if (bucket === undefined)
    throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
  const key = decodePart(encodedKey);
  const versionId = new URLSearchParams(query).get('versionId');
  const object = versionId === null ? bucket.current(key) : bucket.version(key, versionId);
  if (object === undefined && versionId !== null)
    throw new S3Error(404, 'NoSuchVersion', 'The specified version does not exist.', {
      Key: key,
      VersionId: versionId,
    });
  if (object === undefined) throw noSuchKey(key);
  if (object.deleteMarker) {
    throw new S3Error(
      400,
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  }
  return { object, isNamedVersion: versionId !== null, isVersioned: bucket.versioned, bucket: name };
}

/** Checks the conditions on a source. @throws {S3Error} 412 */
export function refuseUnmetSource(headers: IncomingHttpHeaders, object: ObjectVersion): void {
  const unmet = unmetCondition(
    (condition) => headers[`x-amz-copy-source-if-${condition.toLowerCase()}`]?.toString(),
    object,
  );
  if (unmet !== undefined) throw preconditionFailed(`x-amz-copy-source-If-${unmet}`);
}

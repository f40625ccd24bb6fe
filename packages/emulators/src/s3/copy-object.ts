import { readObjectHead } from './object-head.ts';
import { S3Error } from './s3-error.ts';
import { answerXml, type S3Request } from './s3-request.ts';
import type { ObjectHead, ObjectVersion } from './stored-object.ts';
import { readWriteConditions, refuseAcl } from './write-conditions.ts';

/** Amazon S3 API Reference, CopyObject: larger ones are copied in parts. */
const MAX_COPY_BYTES = 5 * 1024 ** 3;

/** PUT with `x-amz-copy-source`: the current version of an object of this bucket, with its own head or a new one. */
export async function copyObject(call: S3Request, source: string): Promise<void> {
  const { request, response, bucket, key, files, nowMs } = call;
  const headers = Object.entries(request.headers);
  refuseAcl(headers);
  const found = findSource(call, source);
  if (found.sizeBytes > MAX_COPY_BYTES) {
    throw new S3Error(400, 'InvalidRequest', 'The specified copy source is larger than the maximum allowable size.');
  }
  const head = headOf(found, request.headers['x-amz-metadata-directive'], headers);
  const conditions = readWriteConditions(request.headers);
  bucket.refuseUnmet(key, conditions);
  const bytes = await files.join([{ path: found.path, sizeBytes: found.sizeBytes, md5: found.eTag }]);
  const version = await bucket.put(key, head, bytes, bytes.md5, nowMs, conditions);
  if (bucket.versioned) response.setHeader('x-amz-version-id', version.versionId);
  answerXml(response, 200, 'CopyObjectResult', {
    LastModified: new Date(version.lastModifiedMs).toISOString(),
    ETag: `"${version.eTag}"`,
  });
}

function findSource({ bucket }: S3Request, source: string): ObjectVersion {
  const [, name, key] = /^\/?([^/?]+)\/([^?]+)$/.exec(source) ?? [];
  if (name === undefined || key === undefined) {
    throw new S3Error(
      400,
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  if (name !== bucket.name) {
    throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
  }
  const decoded = decodeKey(key);
  const found = bucket.current(decoded);
  if (found === undefined) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: decoded });
  return found;
}

function headOf(
  found: ObjectVersion,
  directive: string | readonly string[] | undefined,
  headers: Iterable<readonly [string, unknown]>,
): ObjectHead {
  if (directive === 'REPLACE') return readObjectHead(headers);
  if (directive === undefined || directive === 'COPY') return { headers: found.headers, metadata: found.metadata };
  throw new S3Error(400, 'InvalidArgument', 'Unknown metadata directive.');
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    throw new S3Error(400, 'InvalidArgument', 'Copy Source must be URL-encoded.');
  }
}

import { type BucketShelf, deleteBucket } from './bucket-calls.ts';
import { copyObject } from './copy-object.ts';
import { deleteObjects } from './delete-objects.ts';
import { listMultipartUploads, listObjects, listObjectsV1, listObjectVersions } from './list-calls.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listParts,
  uploadPart,
} from './multipart-calls.ts';
import { deleteObject, getObject, putObject } from './object-calls.ts';
import { refuseLongKey, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** Names in a query that make a GET, PUT or DELETE another operation; these are not emulated. */
const NOT_EMULATED = [
  ...['accelerate', 'acl', 'analytics', 'attributes', 'cors', 'encryption', 'intelligent-tiering', 'inventory'],
  ...['legal-hold', 'lifecycle', 'location', 'logging', 'metrics', 'notification', 'object-lock', 'ownershipControls'],
  ...['policy', 'policyStatus', 'publicAccessBlock', 'renameObject', 'replication', 'requestPayment', 'restore'],
  ...['retention', 'select', 'tagging', 'torrent', 'versioning', 'website'],
];

/** The state that the calls need beside the request. */
export interface S3Rules {
  /** Keys that `DeleteObjects` refuses one by one. */
  readonly undeletableKeys: ReadonlySet<string>;
  /** `http://host:port` of URLs in answers. */
  readonly origin: string;
  readonly shelf: BucketShelf;
}

/** Finds the operation by method and query, as S3 does. @throws {S3Error} 501 for an operation that is not emulated */
export async function routeS3Call(call: S3Request, { undeletableKeys, origin, shelf }: S3Rules): Promise<void> {
  const { request, query, key } = call;
  const has = (name: string) => query.has(name);
  const other = NOT_EMULATED.find(has);
  if (other !== undefined) throw new S3Error(501, 'NotImplemented', `The subresource ${other} is not emulated.`);
  // Refused, since the whole object in place of one part would be a wrong answer.
  if (has('partNumber') && !has('uploadId'))
    throw new S3Error(501, 'NotImplemented', 'partNumber without uploadId is not emulated.');
  refuseLongKey(key);
  const onBucket = key === '';
  switch (request.method) {
    case 'GET':
      if (onBucket && has('versions')) return listObjectVersions(call);
      if (onBucket && has('uploads')) return listMultipartUploads(call);
      if (onBucket) return query.get('list-type') === '2' ? listObjects(call) : listObjectsV1(call);
      return has('uploadId') ? listParts(call) : getObject(call);
    case 'HEAD':
      return onBucket ? void call.response.writeHead(200).end() : getObject(call);
    case 'PUT':
      if (onBucket) break;
      if (has('uploadId')) return uploadPart(call);
      return request.headers['x-amz-copy-source'] === undefined ? putObject(call) : copyObject(call);
    case 'POST':
      if (onBucket && has('delete')) return deleteObjects(call, undeletableKeys);
      if (!onBucket && has('uploads')) return createMultipartUpload(call);
      if (!onBucket && has('uploadId')) return completeMultipartUpload(call, origin);
      break;
    case 'DELETE':
      if (onBucket) return deleteBucket(call.response, call.bucket, shelf);
      return has('uploadId') ? abortMultipartUpload(call) : deleteObject(call);
    default:
  }
  throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
}

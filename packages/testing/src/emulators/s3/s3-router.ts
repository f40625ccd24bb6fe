import { deleteObjects, listObjects, listObjectVersions } from './bucket-calls.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listParts,
  uploadPart,
} from './multipart-calls.ts';
import { deleteObject, getObject, putObject } from './object-calls.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** Finds the operation by method and query, as S3 does. */
export async function routeS3Call(call: S3Request, undeletableKeys: ReadonlySet<string>): Promise<void> {
  const { request, query, key } = call;
  const has = (name: string) => query.has(name);
  const onBucket = key === '';
  switch (request.method) {
    case 'GET':
      if (onBucket && has('versions')) return listObjectVersions(call);
      if (onBucket) return listObjects(call);
      return has('uploadId') ? listParts(call) : getObject(call);
    case 'HEAD':
      return onBucket ? void call.response.writeHead(200).end() : getObject(call);
    case 'PUT':
      if (onBucket) break;
      return has('uploadId') ? uploadPart(call) : putObject(call);
    case 'POST':
      if (onBucket && has('delete')) return deleteObjects(call, undeletableKeys);
      if (!onBucket && has('uploads')) return createMultipartUpload(call);
      if (!onBucket && has('uploadId')) return completeMultipartUpload(call);
      break;
    case 'DELETE':
      if (onBucket) break;
      return has('uploadId') ? abortMultipartUpload(call) : deleteObject(call);
    default:
  }
  throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
}

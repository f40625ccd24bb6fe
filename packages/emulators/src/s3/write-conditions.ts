import type { IncomingHttpHeaders } from 'node:http';
import type { WriteConditions } from './bucket.ts';
import { S3Error } from './s3-error.ts';

/** The conditions of a PUT or of a completed upload. @throws {S3Error} 501 for one that S3 does not know either */
export function readWriteConditions(headers: IncomingHttpHeaders): WriteConditions {
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = headers;
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented', {
      Header: 'If-None-Match',
    });
  }
  return { mustBeAbsent: ifNoneMatch === '*', currentETag: ifMatch?.replaceAll('"', '') };
}

/** Owner-enforced buckets, as all new ones are, take no lists of grants. @throws {S3Error} 400 */
export function refuseAcl(fields: Iterable<readonly [string, unknown]>): void {
  for (const [name, value] of fields) {
    const isAcl = name === 'acl' || name === 'x-amz-acl';
    if ((isAcl && value !== 'bucket-owner-full-control') || name.startsWith('x-amz-grant-'))
      throw new S3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
}

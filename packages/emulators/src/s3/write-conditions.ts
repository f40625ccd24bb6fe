import type { WriteConditions } from './bucket.ts';
import { headerNotImplemented, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { isCeph } from './store-abilities.ts';

/** The conditions of a write, as far as the store looks at them. @throws {S3Error} 501 for one that it does not know */
export function readWriteConditions(
  { request, bucket, abilities }: S3Request,
  operation: 'put' | 'copy' | 'complete',
): WriteConditions {
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = request.headers;
  if (ifNoneMatch !== undefined && (ifNoneMatch !== '*' || abilities.withoutCreateIfAbsent === true))
    throw headerNotImplemented('If-None-Match');
  const mustBeAbsent = ifNoneMatch === '*';
  if (!isCeph(abilities)) return { mustBeAbsent, currentETag: ifMatch?.replaceAll('"', '') };
  if (operation !== 'put') return {};
  return { mustBeAbsent: mustBeAbsent && !bucket.versioned, currentETag: ifMatch };
}

/**
 * Owner-enforced buckets, as all new ones are, take no lists of grants; tags are not emulated, so that none is lost silently.
 * @throws {S3Error} 400 for a list of grants, 501 for tags
 */
export function refuseAclAndTags(fields: Iterable<readonly [string, unknown]>): void {
  for (const [name, value] of fields) {
    const isAcl = name === 'acl' || name === 'x-amz-acl';
    if ((isAcl && value !== 'bucket-owner-full-control') || name.startsWith('x-amz-grant-'))
      throw new S3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
    if (name === 'tagging' || name === 'x-amz-tagging') throw headerNotImplemented('x-amz-tagging');
  }
}

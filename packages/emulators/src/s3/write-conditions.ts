import type { WriteConditions } from './bucket.ts';
import { headerNotImplemented, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { isCeph, type StoreAbilities } from './store-abilities.ts';

/** The conditions of a write, as far as the store checks them. @throws {S3Error} 501 for one that it does not know */
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

/** Conditions of a delete: headers, and elements of an object in the document of DeleteObjects. */
const DELETE_CONDITIONS: ReadonlySet<string> = new Set([
  ...['if-match', 'x-amz-if-match-last-modified-time', 'x-amz-if-match-size', 'ETag', 'LastModifiedTime', 'Size'],
]);

/**
 * Refuses a conditional delete: without its condition it would delete too much. @throws {S3Error} 501, except like Ceph, which
 * ignores the condition
 */
export function refuseConditionalDelete(names: readonly string[], abilities: StoreAbilities): void {
  if (!isCeph(abilities) && names.some((name) => DELETE_CONDITIONS.has(name)))
    throw new S3Error(501, 'NotImplemented', 'Conditional deletes are not emulated.');
}

/** Prefixes of headers that change how an object is stored, or who may read it. */
const NOT_EMULATED = [
  ...['x-amz-tagging', 'x-amz-server-side-encryption-customer-', 'x-amz-copy-source-server-side-encryption-customer-'],
  ...['x-amz-object-lock-', 'x-amz-website-redirect-location', 'x-amz-write-offset-bytes'],
];

/** Headers, also those that a presigned URL has in its query. Names in lower case. */
export function askedOf({ request, query }: S3Request): readonly (readonly [string, unknown])[] {
  const inQuery = [...query].map(([name, value]) => [name.toLowerCase(), value] as const);
  return [...Object.entries(request.headers), ...inQuery];
}

/**
 * Owner-enforced buckets, as all new ones are, accept no ACLs. Headers that are not emulated are refused: otherwise they would
 * be lost silently, and an object would be readable without its key, or not be locked. Takes headers, or fields of a form.
 * @throws {S3Error} 400 for an ACL, 501 for a header that is not emulated
 */
export function refuseAclAndNotEmulated(fields: Iterable<readonly [string, unknown]>): void {
  for (const [name, value] of fields) {
    const isAcl = name === 'acl' || name === 'x-amz-acl';
    if ((isAcl && value !== 'bucket-owner-full-control') || name.startsWith('x-amz-grant-'))
      throw new S3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
    if (name === 'tagging') throw headerNotImplemented('x-amz-tagging');
    if (NOT_EMULATED.some((begin) => name.startsWith(begin))) throw headerNotImplemented(name);
  }
}

import type { WriteConditions } from './bucket.ts';
import { headerNotImplemented, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { isCeph, type StoreAbilities } from './store-abilities.ts';

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

/** Of a delete: headers, and elements of an object in the document of DeleteObjects. */
const DELETE_CONDITIONS: ReadonlySet<string> = new Set([
  ...['if-match', 'x-amz-if-match-last-modified-time', 'x-amz-if-match-size', 'ETag', 'LastModifiedTime', 'Size'],
]);

/** A delete whose condition is passed over deletes what it should not. @throws {S3Error} 501; a Ceph passes it over */
export function refuseConditionalDelete(names: readonly string[], abilities: StoreAbilities): void {
  if (!isCeph(abilities) && names.some((name) => DELETE_CONDITIONS.has(name)))
    throw new S3Error(501, 'NotImplemented', 'Conditional deletes are not emulated.');
}

/** Begins of names of headers that change how an object is stored, or who may read it. */
const NOT_EMULATED = [
  ...['x-amz-tagging', 'x-amz-server-side-encryption-customer-', 'x-amz-copy-source-server-side-encryption-customer-'],
  ...['x-amz-object-lock-', 'x-amz-website-redirect-location', 'x-amz-write-offset-bytes'],
];

/** Headers, and what a presigned URL has of them in its query. Names in lower case. */
export function askedOf({ request, query }: S3Request): readonly (readonly [string, unknown])[] {
  const inQuery = [...query].map(([name, value]) => [name.toLowerCase(), value] as const);
  return [...Object.entries(request.headers), ...inQuery];
}

/**
 * Owner-enforced buckets, as all new ones are, take no lists of grants. What is not emulated is refused: else it would be lost
 * silently, and an object be readable without its key, or not be locked. Takes headers, or fields of a form.
 * @throws {S3Error} 400 for a list of grants, 501 for what is not emulated
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

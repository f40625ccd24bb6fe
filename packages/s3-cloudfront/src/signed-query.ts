import { ConfigurationError } from '@videostorage/core';
import { customPolicy, needsCustomPolicy, type PolicyTerms } from './cloudfront-policy.ts';
import { type HashAlgorithm, type SigningKey, signedUrlOf } from './cloudfront-signer.ts';

/**
 * The signed query for one resource, without a leading `?`: with a canned policy where an exact URL and an end suffice, else with
 * a custom one.
 * CloudFront Developer Guide, "Use signed URLs".
 */
export function signedQuery(terms: PolicyTerms, key: SigningKey, hashAlgorithm: HashAlgorithm): string {
  const how = needsCustomPolicy(terms) ? { policy: customPolicy(terms) } : terms;
  const url = signedUrlOf(terms.resource, how, key, hashAlgorithm);
  const start = `${terms.resource}?`;
  // Versions of the signer encode paths differently; what it signed must be exactly the resource of the grant.
  if (!url.startsWith(start))
    throw new ConfigurationError(
      'The CloudFront signer changed the URL that it signs: install the version of @aws-sdk/cloudfront-signer that this package names.',
    );
  return url.slice(start.length);
}

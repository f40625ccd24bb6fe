import { cannedPolicy, customPolicy, needsCustomPolicy, type PolicyTerms } from './cloudfront-policy.ts';
import { type HashAlgorithm, type SigningKey, signPolicy, toCloudFrontBase64 } from './signing-key.ts';

/**
 * The signed query for one resource, without a leading `?`: canned where an exact URL and an end suffice, else custom.
 * CloudFront Developer Guide, "Use signed URLs".
 */
export function signedQuery(terms: PolicyTerms, key: SigningKey, hashAlgorithm: HashAlgorithm): string {
  const custom = needsCustomPolicy(terms);
  const policy = custom ? customPolicy(terms) : cannedPolicy(terms);
  const first = custom ? `Policy=${toCloudFrontBase64(Buffer.from(policy))}` : `Expires=${terms.expiresAtSeconds}`;
  const signature = signPolicy(policy, key, hashAlgorithm);
  const hash = hashAlgorithm === 'SHA256' ? '&Hash-Algorithm=SHA256' : '';
  return `${first}&Key-Pair-Id=${key.keyPairId}&Signature=${signature}${hash}`;
}

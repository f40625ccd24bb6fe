import type { SignedCookie } from '@videostorage/core';
import { customPolicy, type PolicyTerms } from './cloudfront-policy.ts';
import { type HashAlgorithm, type SigningKey, signPolicy, toCloudFrontBase64 } from './signing-key.ts';

/** Which requests carry the cookies. */
export interface CookieScope {
  /** The video's own path, with its slash at the end. */
  readonly path: string;
  /** Parent domain of host and CDN; absent = only the host that sets them. */
  readonly domain?: string | undefined;
  /** `none` only for players on another site. */
  readonly sameSite: 'lax' | 'none';
}

/**
 * Session cookies with a custom policy; a canned one cannot hold the wildcard that HLS needs.
 * CloudFront Developer Guide, "Set signed cookies that use a custom policy".
 */
export function signedCookies(
  terms: PolicyTerms,
  key: SigningKey,
  hashAlgorithm: HashAlgorithm,
  scope: CookieScope,
): readonly SignedCookie[] {
  const policy = customPolicy(terms);
  const values: readonly [string, string][] = [
    ['CloudFront-Policy', toCloudFrontBase64(Buffer.from(policy))],
    ['CloudFront-Signature', signPolicy(policy, key, hashAlgorithm)],
    ['CloudFront-Key-Pair-Id', key.keyPairId],
    ...(hashAlgorithm === 'SHA256' ? [['CloudFront-Hash-Algorithm', 'SHA256'] as [string, string]] : []),
  ];
  return values.map(([name, value]) => ({
    name,
    value,
    path: scope.path,
    ...(scope.domain !== undefined && { domain: scope.domain }),
    secure: true,
    httpOnly: true,
    sameSite: scope.sameSite,
  }));
}

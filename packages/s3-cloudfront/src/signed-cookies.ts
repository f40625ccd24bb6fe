import type { SignedCookie } from '@videostorage/core';
import { customPolicy, type PolicyTerms } from './cloudfront-policy.ts';
import { type HashAlgorithm, type SigningKey, signedCookiesOf } from './cloudfront-signer.ts';

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
  return signedCookiesOf(customPolicy(terms), key, hashAlgorithm).map(([name, value]) => ({
    name,
    value,
    path: scope.path,
    ...(scope.domain !== undefined && { domain: scope.domain }),
    secure: true,
    httpOnly: true,
    sameSite: scope.sameSite,
  }));
}

import type { SignedCookie } from '@videostorage/core';
import { customPolicy, type PolicyTerms } from './cloudfront-policy.ts';
import { type HashAlgorithm, type SigningKey, signedCookiesOf } from './cloudfront-signer.ts';

/** Which requests carry the cookies. */
export interface CookieScope {
  /** The path of the video's HLS files, with a slash at its end. */
  readonly path: string;
  /** Parent domain of host app and CDN; absent: the host that sets the cookies. */
  readonly domain?: string | undefined;
  /** `none` only where pages of another site embed the player. */
  readonly sameSite: 'lax' | 'none';
}

/**
 * Session cookies with a custom policy: a canned one cannot contain the wildcard that HLS needs.
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

import type { KeyObject } from 'node:crypto';
import { type CloudfrontSignInput, getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';

/**
 * Hash algorithm of CloudFront signatures. CloudFront assumes SHA-1 unless the parameter `Hash-Algorithm` names another.
 */
export type HashAlgorithm = 'SHA1' | 'SHA256';

/** A key pair of CloudFront, parsed once: a key parsed anew for each signature halves the speed. */
export interface SigningKey {
  /** Id of the public key, for instance `K2JCJMDEHXQW5F`. */
  readonly keyPairId: string;
  /** Logs and `inspect` show nothing of its content. */
  readonly privateKey: KeyObject;
}

/** Input of the AWS signer, which also accepts a `KeyObject`; its types do not say so (`decisions/014-the-aws-signer-signs-for-cloudfront.md`). */
type SignInput<Input = CloudfrontSignInput> = Input extends unknown
  ? Omit<Input, 'privateKey'> & { readonly privateKey: string | Buffer | KeyObject }
  : never;

const signUrl = getSignedUrl as (input: SignInput) => string;
const signCookies = getSignedCookies as (input: SignInput) => ReturnType<typeof getSignedCookies>;

/** The URL with a canned signature, or with the custom policy passed. The caller checks the terms first. */
export function signedUrlOf(
  url: string,
  terms: { readonly expiresAtSeconds: number } | { readonly policy: string },
  key: SigningKey,
  algorithm: HashAlgorithm,
): string {
  const how = 'policy' in terms ? { policy: terms.policy } : { dateLessThan: new Date(terms.expiresAtSeconds * 1000) };
  return signUrl({ ...key, algorithm, url, ...how });
}

/** Names and values of the cookies for a custom policy. */
export function signedCookiesOf(
  policy: string,
  key: SigningKey,
  algorithm: HashAlgorithm,
): readonly [string, string][] {
  const cookies: Record<string, string | number> = { ...signCookies({ ...key, algorithm, policy }) };
  return Object.entries(cookies).map(([name, value]) => [name, String(value)]);
}

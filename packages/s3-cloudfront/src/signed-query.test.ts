import { verify } from 'node:crypto';
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair, type TestKeyPair } from '../test-support/key-pairs.ts';
import { customPolicy, type PolicyTerms } from './cloudfront-policy.ts';
import { signedCookies } from './signed-cookies.ts';
import { signedQuery } from './signed-query.ts';
import { type HashAlgorithm, parseSigningKey } from './signing-key.ts';

const resource = 'https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/source.mp4';
const terms: PolicyTerms = { resource, expiresAtSeconds: 1_798_761_600 };
const keyOf = (pair: TestKeyPair) => parseSigningKey(pair.keyPairId, pair.pem);
const fromCloudFrontBase64 = (text: string) =>
  Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');

/** Checks a query with node:crypto alone, by the rules that AWS has written down. */
function verifies(query: string, pair: TestKeyPair, resourceOfRequest: string): boolean {
  const parameters = new URLSearchParams(query);
  const expires = parameters.get('Expires');
  const policy = parameters.get('Policy');
  const signed =
    policy === null
      ? `{"Statement":[{"Resource":"${resourceOfRequest}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`
      : fromCloudFrontBase64(policy).toString('utf8');
  const hash = parameters.get('Hash-Algorithm') === 'SHA256' ? 'sha256' : 'sha1';
  const signature = fromCloudFrontBase64(parameters.get('Signature') ?? '');
  return verify(hash, Buffer.from(signed), pair.publicKey, signature);
}

describe.each([
  ['RSA', rsaKeyPair],
  ['ECDSA P-256', ecKeyPair],
] as const)('%s', (_name, pair) => {
  test.each(['SHA1', 'SHA256'] as const)('%s: canned and custom verify by the written rules', (hash) => {
    expect(verifies(signedQuery(terms, keyOf(pair), hash), pair, resource)).toBe(true);
    const custom = { ...terms, ipRange: '192.0.2.0/24', notBeforeSeconds: 1_700_000_000 };
    const query = signedQuery(custom, keyOf(pair), hash);
    expect(verifies(query, pair, resource)).toBe(true);
    expect(query.includes('Hash-Algorithm=SHA256')).toBe(hash === 'SHA256');
  });
});

describe('the bytes of the AWS signer', () => {
  const ends = fc.integer({ min: 1_800_000_000, max: 4_000_000_000 });
  const hashes = fc.constantFrom<HashAlgorithm>('SHA1', 'SHA256');
  const key = keyOf(rsaKeyPair);
  const aws = (hash: HashAlgorithm) => ({
    keyPairId: rsaKeyPair.keyPairId,
    privateKey: rsaKeyPair.pem,
    algorithm: hash,
  });

  test('a canned URL is theirs, for any end and hash', () => {
    fc.assert(
      fc.property(ends, hashes, (expiresAtSeconds, hash) => {
        const theirs = getSignedUrl({ ...aws(hash), url: resource, dateLessThan: new Date(expiresAtSeconds * 1000) });
        expect(`${resource}?${signedQuery({ resource, expiresAtSeconds }, key, hash)}`).toBe(theirs);
      }),
      { numRuns: 100 },
    );
  });

  test('a custom URL is theirs for the same policy', () => {
    const custom = { ...terms, resource: `${resource.slice(0, -10)}*`, ipRange: '192.0.2.1' };
    const theirs = getSignedUrl({ ...aws('SHA256'), url: resource, policy: customPolicy(custom) });
    expect(new Set(signedQuery(custom, key, 'SHA256').split('&'))).toEqual(new Set(theirs.split('?')[1]?.split('&')));
  });

  test('cookies are theirs for the same policy', () => {
    const custom = { ...terms, resource: `${resource.slice(0, -10)}*` };
    const theirs = getSignedCookies({ ...aws('SHA256'), policy: customPolicy(custom) });
    const ours = signedCookies(custom, key, 'SHA256', { path: '/videos/x/', domain: 'example.com', sameSite: 'lax' });
    expect(Object.fromEntries(ours.map(({ name, value }) => [name, value]))).toEqual(theirs);
    for (const cookie of ours) {
      expect(cookie).toMatchObject({ path: '/videos/x/', domain: 'example.com', secure: true, httpOnly: true });
    }
  });
});

test('T-D1: a leave for one video never opens another, and no changed character passes', () => {
  const query = signedQuery(terms, keyOf(ecKeyPair), 'SHA256');
  expect(verifies(query, ecKeyPair, resource.replace('0123', '0124'))).toBe(false);
  const end = terms.expiresAtSeconds;
  expect(verifies(query.replace(`${end}`, `${end + 1}`), ecKeyPair, resource)).toBe(false);
});

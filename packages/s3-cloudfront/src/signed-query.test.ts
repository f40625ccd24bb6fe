import { verify } from 'node:crypto';
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair, type TestKeyPair } from '../test-support/key-pairs.ts';
import { customPolicy, type PolicyTerms } from './cloudfront-policy.ts';
import { signedCookies } from './signed-cookies.ts';
import { signedQuery } from './signed-query.ts';
import { type HashAlgorithm, parseSigningKey, toCloudFrontBase64 } from './signing-key.ts';

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
    const scope = { path: '/videos/x/', domain: 'example.com', sameSite: 'none' } as const;
    const ours = signedCookies(custom, key, 'SHA256', scope);
    expect(Object.fromEntries(ours.map(({ name, value }) => [name, value]))).toEqual(theirs);
    for (const cookie of ours) {
      expect(cookie).toMatchObject({ ...scope, secure: true, httpOnly: true });
    }
  });
});

describe('property 3', () => {
  const uploadIds = fc.stringMatching(/^[0-9a-f]{32}$/);
  const ends = fc.integer({ min: 1_800_000_000, max: 4_000_000_000 });
  const prefixOf = (uploadId: string) => `https://cdn.example.com/videos/${uploadId}/`;

  test('T-D1: the leave for one video verifies for that one and for no other', () => {
    fc.assert(
      fc.property(uploadIds, uploadIds, ends, (one, other, expiresAtSeconds) => {
        fc.pre(one !== other);
        const exact = `${prefixOf(one)}source.mp4`;
        const query = signedQuery({ resource: exact, expiresAtSeconds }, keyOf(ecKeyPair), 'SHA256');
        expect(verifies(query, ecKeyPair, exact)).toBe(true);
        expect(verifies(query, ecKeyPair, `${prefixOf(other)}source.mp4`)).toBe(false);
        const folder = signedQuery({ resource: `${prefixOf(one)}*`, expiresAtSeconds }, keyOf(ecKeyPair), 'SHA256');
        const policy = fromCloudFrontBase64(new URLSearchParams(folder).get('Policy') ?? '').toString();
        expect(JSON.parse(policy)).toEqual({
          Statement: [
            { Resource: `${prefixOf(one)}*`, Condition: { DateLessThan: { 'AWS:EpochTime': expiresAtSeconds } } },
          ],
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('T-D1, T-D2: no changed bit of policy, end or signature passes', () => {
    const custom = { ...terms, ipRange: '192.0.2.0/24', notBeforeSeconds: 1_700_000_000 };
    const queries = [terms, custom].map((one) => signedQuery(one, keyOf(ecKeyPair), 'SHA256'));
    const part = (query: string, name: string) => fromCloudFrontBase64(new URLSearchParams(query).get(name) ?? '');
    const names = fc.constantFrom('Expires', 'Policy', 'Signature');
    fc.assert(
      fc.property(
        fc.constantFrom(...queries),
        names,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (query, name, at, flip) => {
          const parameters = new URLSearchParams(query);
          fc.pre(parameters.has(name));
          if (name === 'Expires') parameters.set(name, String(Number(parameters.get(name)) + flip));
          else {
            const bytes = part(query, name);
            const index = at % bytes.length;
            bytes[index] = (bytes[index] ?? 0) ^ flip;
            parameters.set(name, toCloudFrontBase64(bytes));
          }
          expect(verifies(parameters.toString(), ecKeyPair, resource)).toBe(false);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

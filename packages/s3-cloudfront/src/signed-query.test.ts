import { createPublicKey, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair, type TestKeyPair } from '../test-support/key-pairs.ts';
import { propertyRuns } from '../test-support/property-runs.ts';
import {
  cannedPolicy,
  cookiePolicy,
  ecPem,
  rsaPem,
  customPolicy as wildcardPolicy,
} from '../test-support/written-out-signatures.ts';
import type { PolicyTerms } from './cloudfront-policy.ts';
import type { HashAlgorithm } from './cloudfront-signer.ts';
import { signedCookies } from './signed-cookies.ts';
import { signedQuery } from './signed-query.ts';
import { parseSigningKey } from './signing-key.ts';

const resource = 'https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/source.mp4';
const terms: PolicyTerms = { resource, expiresAtSeconds: 1_798_761_600 };
const keyOf = (pair: TestKeyPair) => parseSigningKey(pair.keyPairId, pair.pem);
const fromCloudFrontBase64 = (text: string) =>
  Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');

const toCloudFrontBase64 = (bytes: Buffer) =>
  bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');

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

const cookieScope = { path: '/videos/x/', domain: 'example.com', sameSite: 'none' } as const;
const hlsResource = 'https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/hls/*';
const hlsTerms: PolicyTerms = {
  resource: hlsResource,
  expiresAtSeconds: 1_798_761_600,
  notBeforeSeconds: 1_798_758_000,
  ipRange: '192.0.2.0/24',
};

describe.each(['SHA1', 'SHA256'] as const)('signatures that OpenSSL made, %s', (hash) => {
  const rsa = parseSigningKey('K2JCJMDEHXQW5F', rsaPem);
  const named = hash === 'SHA256' ? '&Hash-Algorithm=SHA256' : '';

  test('a canned RSA query has exactly these bytes', () => {
    const { rsa: signatures } = cannedPolicy;
    const expected = `Expires=1798761600&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=${signatures[hash]}${named}`;
    expect(signedQuery(terms, rsa, hash)).toBe(expected);
  });

  test('a custom RSA query has exactly these bytes: wildcard, beginning and range in the policy', () => {
    const { encoded, rsa: signatures } = wildcardPolicy;
    const expected = `Policy=${encoded}&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=${signatures[hash]}${named}`;
    expect(signedQuery(hlsTerms, rsa, hash)).toBe(expected);
  });

  test('RSA cookies have exactly these bytes, for the path of the video, secure, and hidden from scripts', () => {
    const cookies = signedCookies({ ...terms, resource: hlsResource }, rsa, hash, cookieScope);
    const { encoded, rsa: signatures } = cookiePolicy;
    expect(Object.fromEntries(cookies.map(({ name, value }) => [name, value]))).toEqual({
      'CloudFront-Policy': encoded,
      'CloudFront-Signature': signatures[hash],
      'CloudFront-Key-Pair-Id': 'K2JCJMDEHXQW5F',
      ...(hash === 'SHA256' && { 'CloudFront-Hash-Algorithm': 'SHA256' }),
    });
    for (const cookie of cookies) expect(cookie).toMatchObject({ ...cookieScope, secure: true, httpOnly: true });
  });

  test('cookies without a domain are those of the host that sets them', () => {
    const { path, sameSite } = cookieScope;
    for (const cookie of signedCookies(hlsTerms, rsa, hash, { path, sameSite })) {
      expect(Object.keys(cookie)).toEqual(['name', 'value', 'path', 'secure', 'httpOnly', 'sameSite']);
    }
  });

  test('P-256 signs the same policies: our signature and that of OpenSSL both verify', () => {
    const key = parseSigningKey('KECP256', ecPem);
    const publicKey = createPublicKey(ecPem);
    const isOf = (policy: string, signature: string | null) =>
      verify(hash, Buffer.from(policy), publicKey, fromCloudFrontBase64(signature ?? ''));
    const signatureOf = (query: string) => new URLSearchParams(query).get('Signature');
    expect(isOf(cannedPolicy.policy, cannedPolicy.ec[hash])).toBe(true);
    expect(isOf(cannedPolicy.policy, signatureOf(signedQuery(terms, key, hash)))).toBe(true);
    expect(isOf(wildcardPolicy.policy, wildcardPolicy.ec[hash])).toBe(true);
    expect(isOf(wildcardPolicy.policy, signatureOf(signedQuery(hlsTerms, key, hash)))).toBe(true);
    expect(isOf(wildcardPolicy.policy, cannedPolicy.ec[hash])).toBe(false);
    const cookies = signedCookies({ ...terms, resource: hlsResource }, key, hash, cookieScope);
    const signature = cookies.find(({ name }) => name === 'CloudFront-Signature')?.value ?? null;
    expect(isOf(cookiePolicy.policy, signature)).toBe(true);
  });
});

describe('the written rule, by node:crypto alone', () => {
  const ends = fc.integer({ min: 1_800_000_000, max: 4_000_000_000 });
  const hashes = fc.constantFrom<HashAlgorithm>('SHA1', 'SHA256');
  const key = keyOf(rsaKeyPair);

  test('a canned RSA signature is that of the rule, for any end and hash', () => {
    fc.assert(
      fc.property(ends, hashes, (expiresAtSeconds, hash) => {
        const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expiresAtSeconds}}}}]}`;
        const signature = toCloudFrontBase64(sign(hash, Buffer.from(policy), rsaKeyPair.privateKey));
        const parameters = new URLSearchParams(signedQuery({ resource, expiresAtSeconds }, key, hash));
        expect(parameters.get('Signature')).toBe(signature);
        expect(parameters.get('Expires')).toBe(String(expiresAtSeconds));
      }),
      propertyRuns(25),
    );
  });

  test('a resource that the signer would change is refused, never signed as another one', () => {
    for (const odd of ['a b.mp4', 'a+b.mp4', 'a@b.mp4', 'é.mp4', 'a.mp4#t=1', 'a.mp4?x']) {
      const url = `https://cdn.example.com/videos/${odd}`;
      expect(() => signedQuery({ ...terms, resource: url }, key, 'SHA256')).toThrow('changed the URL');
    }
  });
});

describe('property 3', () => {
  const uploadIds = fc.stringMatching(/^[0-9a-f]{32}$/);
  const ends = fc.integer({ min: 1_800_000_000, max: 4_000_000_000 });
  const prefixOf = (uploadId: string) => `https://cdn.example.com/videos/${uploadId}/`;

  test('T-D1: the grant for one video verifies for that one and for no other', () => {
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
      propertyRuns(100),
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
      propertyRuns(100),
    );
  });
});

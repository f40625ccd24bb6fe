import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair } from '../test-support/key-pairs.ts';
import { signedCookiesOf } from './cloudfront-signer.ts';
import { parseSigningKey, parseSigningKeys } from './signing-key.ts';

const pemOf = (pair: { privateKey: { export(options: object): string | Buffer } }) =>
  pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const ofOtherKind = 'Set `privateKey` to an RSA key of 2048 bits or an ECDSA P-256 key';

describe('parseSigningKey', () => {
  test('takes RSA-2048 and P-256, with real and with literal newlines, and shows neither', () => {
    for (const { keyPairId, pem } of [rsaKeyPair, ecKeyPair]) {
      for (const text of [pem, pem.replaceAll('\n', '\\n')]) {
        const key = parseSigningKey(keyPairId, text);
        expect(inspect(key, { showHidden: true, depth: 10 })).not.toContain(pem.split('\n')[1]);
        expect(JSON.stringify(key)).not.toContain(pem.split('\n')[1]);
      }
    }
  });

  test('takes an encrypted PEM with its passphrase', () => {
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' } as const;
    const encrypted = rsaKeyPair.privateKey.export(options).toString();
    expect(parseSigningKey('K1', encrypted, 'open sesame').keyPairId).toBe('K1');
    expect(() => parseSigningKey('K1', encrypted)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  });

  test.each([
    ['RSA-2056', pemOf(generateKeyPairSync('rsa', { modulusLength: 2056 })), ofOtherKind],
    ['RSA-1024', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 })), ofOtherKind],
    ['P-384', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })), ofOtherKind],
    ['Ed25519', pemOf(generateKeyPairSync('ed25519')), ofOtherKind],
    ['text', 'secret-canary', 'Set `privateKey` to the PEM text of the CloudFront private key'],
    ['nothing', '', 'Set `privateKey` to the PEM text of the CloudFront private key'],
  ])('refuses %s with the fix, without showing it', (_name, pem, fix) => {
    let error: unknown;
    try {
      parseSigningKey('K1', pem);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'MISCONFIGURED', message: expect.stringContaining(fix) });
    expect(inspect(error, { showHidden: true, depth: 10 })).not.toContain('secret-canary');
  });

  test.each<[string, typeof signedCookiesOf]>([
    [
      'accepts no KeyObject',
      () => {
        throw new TypeError('secret-canary');
      },
    ],
    ['signs something else', (_policy, key, algorithm) => signedCookiesOf('{}', key, algorithm)],
    ['signs with another hash', (policy, key) => signedCookiesOf(policy, key, 'SHA1')],
    ['signs nothing', () => []],
  ])('a version of the signer that %s is reported at construction', (_name, sign) => {
    const parse = () => parseSigningKey('K1', rsaKeyPair.pem, undefined, sign);
    expect(parse).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    expect(parse).toThrow('install the version of @aws-sdk/cloudfront-signer that this package names');
    expect(parse).not.toThrow('secret-canary');
  });
});

describe('parseSigningKeys', () => {
  const pairOf = ({ keyPairId, pem }: typeof ecKeyPair) => ({ keyPairId, privateKey: pem });

  test('the first pair signs', () => {
    expect(parseSigningKeys([pairOf(ecKeyPair), pairOf(rsaKeyPair)]).keyPairId).toBe(ecKeyPair.keyPairId);
  });

  test('a wrong pair after the first one is an error at construction, not when it would sign', () => {
    const pairs = [pairOf(ecKeyPair), { keyPairId: 'K2', privateKey: 'not a PEM' }];
    expect(() => parseSigningKeys(pairs)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    expect(() => parseSigningKeys([])).toThrow('Set `cloudFront.keyPairs` to at least one key pair.');
  });
});

import { generateKeyPairSync, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { Secret } from '@videostorage/core';
import { importSPKI, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { makeSigningKey } from '../test-support/signing-keys.ts';
import { TokenSigner } from './signed-token.ts';

const key = makeSigningKey('0a1b2c');
const signer = new TokenSigner(key.id, new Secret(key.jwk));
const terms = { videoId: '6b9e68b07dfee8cc2d116e4c51d6a957', expiresAtSeconds: 4_000_000_000, accessRules: [] };

describe('TokenSigner', () => {
  test('signs RS256 as the provider documents it, which is verified with node:crypto alone', async () => {
    const [header = '', payload = '', signature = ''] = (await signer.sign(terms)).split('.');
    const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as object;
    expect(decode(header)).toEqual({ alg: 'RS256', kid: key.id });
    expect(decode(payload)).toEqual({ sub: terms.videoId, kid: key.id, exp: terms.expiresAtSeconds });
    expect(
      verify('sha256', Buffer.from(`${header}.${payload}`), key.publicKey, Buffer.from(signature, 'base64url')),
    ).toBe(true);
  });

  test('T-D1: a token is for its video only, and no changed character passes', async () => {
    const publicKey = await importSPKI(key.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'RS256');
    const token = await signer.sign(terms);
    await jwtVerify(token, publicKey, { subject: terms.videoId, algorithms: ['RS256'] });
    await expect(jwtVerify(token, publicKey, { subject: 'another' })).rejects.toThrow();
    // The last character of a part may contain unused bits.
    const places = [...token].flatMap((character, at) =>
      character === '.' || token[at + 1] === '.' || at === token.length - 1 ? [] : [at],
    );
    for (const at of places) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      await expect(jwtVerify(changed, publicKey)).rejects.toThrow();
    }
  });

  test('contains beginning, download and rules only when there are any', async () => {
    const accessRules = [{ type: 'any', action: 'block' }] as const;
    const token = await signer.sign({ ...terms, notBeforeSeconds: 5, downloadable: true, accessRules });
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as object;
    expect(payload).toMatchObject({ nbf: 5, downloadable: true, accessRules });
    const plain = await signer.sign({ ...terms, notBeforeSeconds: undefined, downloadable: false });
    const names = Object.keys(
      JSON.parse(Buffer.from(plain.split('.')[1] ?? '', 'base64url').toString('utf8')) as object,
    );
    expect(names).toEqual(['sub', 'kid', 'exp']);
  });

  const json = atob(key.jwk);
  const withoutKid = JSON.stringify({ ...(JSON.parse(json) as object), kid: undefined });
  test.each([
    ['JSON', json],
    ['JSON with line breaks around it', `\n ${json}\n`],
    ['base64 with line breaks around it', `\n${key.jwk}\n`],
    ['JSON that does not name its key', withoutKid],
  ])('the text of a key may be %s', async (_name, jwk) => {
    const publicKey = await importSPKI(key.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'RS256');
    const token = await new TokenSigner(key.id, new Secret(jwk)).sign(terms);
    await jwtVerify(token, publicKey, { subject: terms.videoId, algorithms: ['RS256'] });
  });

  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' });
  const torn = { ...(JSON.parse(atob(key.jwk)) as object), d: 'canary' };
  test.each([
    ...['', 'no base64 !', btoa('no json'), btoa('{"kty":"EC"}'), btoa('{"kty":"RSA","n":"secret-canary"}')],
    ...[btoa(JSON.stringify(short)), btoa(JSON.stringify({ ...torn, p: 1 }))],
  ])('the key %j is refused without being shown', (jwk) => {
    let error: unknown;
    try {
      new TokenSigner('k', new Secret(jwk));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'MISCONFIGURED' });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary');
  });

  test('the id must be that of the key', () => {
    expect(() => new TokenSigner('another', new Secret(key.jwk))).toThrow(
      expect.objectContaining({
        code: 'MISCONFIGURED',
        message: expect.stringContaining('The `id` of a signing key must be the `kid` inside its `jwk`.'),
      }),
    );
  });

  test('a `jwk` whose numbers are not a key is refused at the first signature, without being shown', async () => {
    const error: unknown = await new TokenSigner(
      'k',
      new Secret(JSON.stringify({ ...torn, kid: 'k', n: 'canary'.padEnd(342, 'A') })),
    )
      .sign(terms)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('Set `jwk` of a signing key to the text that the API returned with it'),
    });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('canary');
  });
});

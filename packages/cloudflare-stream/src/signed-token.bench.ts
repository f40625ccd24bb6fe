import { sign } from 'node:crypto';
import { Secret } from '@videostorage/core';
import { CloudflareStreamEmulator } from '@videostorage/testing/emulators';
import { importJWK, type JWK, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { makeSigningKey } from '../test-support/signing-keys.ts';
import { TokenSigner } from './signed-token.ts';

test('token signing, one after the other', async ({ bench }) => {
  const key = makeSigningKey('0a1b2c');
  const signer = new TokenSigner(key.id, new Secret(key.jwk));
  const terms = { videoId: '6b9e68b07dfee8cc2d116e4c51d6a957', expiresAtSeconds: 4_000_000_000, accessRules: [] };
  const text = Buffer.from((await signer.sign(terms)).split('.').slice(0, 2).join('.'));
  const jwk = JSON.parse(atob(key.jwk)) as JWK;
  const claims = { sub: terms.videoId, kid: key.id, exp: terms.expiresAtSeconds };
  const emulator = await CloudflareStreamEmulator.start({ rateLimit: { requests: 1_000_000, windowSeconds: 300 } });
  const { apiOrigin, accountId, apiToken } = emulator;
  const authorization = `Bearer ${apiToken}`;
  const account = `${apiOrigin}/client/v4/accounts/${accountId}/stream`;
  const mint = {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{"maxDurationSeconds":60}',
  };
  const { result } = (await (await fetch(`${account}/direct_upload`, mint)).json()) as { result: { uid: string } };
  const mean = async (name: string, work: () => unknown) =>
    (await bench(name, async () => void (await work())).run()).latency.mean;
  const limit = await mean('limit: crypto.sign, RSA-2048, KeyObject', () => sign('sha256', text, key.privateKey));
  const ours = await mean('TokenSigner', () => signer.sign(terms));
  const perCall = await mean('jose with an import per call', async () =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.id }).sign(await importJWK(jwk, 'RS256')),
  );
  const request = await mean('a request per token, as the official SDK does, to the emulator', async () =>
    (await fetch(`${account}/${result.uid}/token`, { method: 'POST', headers: { authorization } })).text(),
  );
  await emulator.stop();
  console.log(`token signing of its limit (goal 0.80): ${(limit / ours).toFixed(2)}`);
  console.log(
    `against an import per call: ${(perCall / ours).toFixed(2)} times, against a request per token: ${(request / ours).toFixed(2)} times`,
  );
  expect(limit / ours).toBeGreaterThan(0.4);
});

import { ManualClock } from '@videostorage/testing';
import { expect, test } from 'vitest';
import { ecKeyPair } from '../test-support/key-pairs.ts';
import { CloudFrontClient } from './cloudfront-client.ts';
import { parseSigningKey } from './signing-key.ts';

test('neither a URL nor cookies are signed for terms that CloudFront would understand differently', () => {
  const clock = new ManualClock();
  const client = new CloudFrontClient({
    connect: () => Promise.reject(new Error('Nothing is invalidated here.')),
    distributionId: 'E2QWRUHAPOMQZL',
    signingKey: parseSigningKey(ecKeyPair.keyPairId, ecKeyPair.pem),
    hashAlgorithm: 'SHA256',
    clock,
  });
  const scope = { path: '/videos/', sameSite: 'lax' } as const;
  const nowSeconds = Math.floor(clock.now() / 1000);
  const good = { resource: 'https://cdn.example.com/videos/a/hls/*', expiresAtSeconds: nowSeconds + 1 };
  expect(client.getSignedUrl(good)).toContain('Signature=');
  expect(client.getSignedCookies(good, scope)).toHaveLength(4);
  for (const bad of [
    { ...good, expiresAtSeconds: nowSeconds },
    { ...good, resource: 'https://cdn.example.com/*/a' },
  ]) {
    expect(() => client.getSignedUrl(bad)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    expect(() => client.getSignedCookies(bad, scope)).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  }
});

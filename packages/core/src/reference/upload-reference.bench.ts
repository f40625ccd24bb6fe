import { expect, test } from 'vitest';
import { Secret } from '../log/secret.ts';
import type { UploadClaims } from './upload-claims.ts';
import { UploadReference } from './upload-reference.ts';

const SECRET = new Secret('a-secret-of-at-least-thirty-two-bytes');
const claims: UploadClaims = {
  backendName: 's3-cloudfront',
  uploadId: '0123456789abcdef0123456789abcdef',
  videoId: '0123456789abcdef0123456789abcdef-mp4',
  userId: 'student-1',
  contextId: 'assignment-1',
  sizeBytes: 1_234_567_890,
  mimeType: 'video/mp4',
  maxDurationSeconds: 3600,
  validUntil: '2999-11-24T00:00:00.000Z',
};
/** In addition to the HMAC there are JSON and base64 of 300 bytes: their cost must stay small in comparison. */
const MAX_RATIO = 3;

test('sign and verify beside the bare HMAC of Web Crypto', { timeout: 60_000 }, async ({ bench }) => {
  const reference = new UploadReference([SECRET]);
  const signed = await reference.sign(claims);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', SECRET.reveal(), algorithm, false, ['sign', 'verify']);
  const message = new TextEncoder().encode(signed);
  const mac = await crypto.subtle.sign('HMAC', key, message);

  const result = await bench.compare(
    bench('bare HMAC, sign', async () => {
      await crypto.subtle.sign('HMAC', key, message);
    }),
    bench('UploadReference.sign', async () => {
      await reference.sign(claims);
    }),
    bench('bare HMAC, verify', async () => {
      await crypto.subtle.verify('HMAC', key, mac, message);
    }),
    bench('UploadReference.verify', async () => {
      await reference.verify(signed, 's3-cloudfront');
    }),
  );

  const meanMs = (name: Parameters<typeof result.get>[0]) => result.get(name).latency.mean;
  const signRatio = meanMs('UploadReference.sign') / meanMs('bare HMAC, sign');
  const verifyRatio = meanMs('UploadReference.verify') / meanMs('bare HMAC, verify');
  console.log(`sign ${signRatio.toFixed(2)} times the bare HMAC, verify ${verifyRatio.toFixed(2)} times`);
  expect(signRatio).toBeLessThan(MAX_RATIO);
  expect(verifyRatio).toBeLessThan(MAX_RATIO);
});

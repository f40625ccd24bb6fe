import { sign } from 'node:crypto';
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { RateLimiter } from '@videostorage/core';
import { expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair, type TestKeyPair } from '../test-support/key-pairs.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';
import { signedQuery } from './signed-query.ts';
import { parseSigningKey } from './signing-key.ts';

const videoId = '0123456789abcdef0123456789abcdef-mp4';
const resource = 'https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/source.mp4';
const terms = { resource, expiresAtSeconds: 1_900_000_000 };
const policy = Buffer.from(
  `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":1900000000}}}]}`,
);

function storageWith(pair: TestKeyPair, expiryWindowSeconds = 0): S3CloudFrontStorage {
  return new S3CloudFrontStorage({
    bucket: 'videos',
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    cloudFront: {
      baseUrl: 'https://cdn.example.com',
      distributionId: 'E2QWRUHAPOMQZL',
      keyPairs: [{ keyPairId: pair.keyPairId, privateKey: pair.pem }],
      expiryWindowSeconds,
    },
    referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
  });
}

test('signing playback, against what it cannot be faster than and against the AWS signer', async ({ bench }) => {
  const [rsaKey, ecKey] = [parseSigningKey('K', rsaKeyPair.pem), parseSigningKey('K', ecKeyPair.pem)];
  const ecStorage = storageWith(ecKeyPair);
  const windowed = storageWith(rsaKeyPair, 3600);
  await windowed.getPlaybackUrl(videoId);
  const mean = async (name: string, work: () => unknown) =>
    (await bench(name, async () => void (await work())).run()).latency.mean;
  const rsaLimit = await mean('limit: crypto.sign, RSA-2048, KeyObject', () =>
    sign('sha256', policy, rsaKeyPair.privateKey),
  );
  const rsaOurs = await mean('signed URL, RSA', () => signedQuery(terms, rsaKey, 'SHA256'));
  const awsOptions = { keyPairId: 'K', privateKey: rsaKeyPair.pem, url: resource, dateLessThan: new Date(1.9e12) };
  const rsaAws = await mean('AWS signer with a PEM, RSA', () => getSignedUrl(awsOptions));
  const ecLimit = await mean('limit: crypto.sign, P-256, KeyObject', () =>
    sign('sha256', policy, ecKeyPair.privateKey),
  );
  const ecOurs = await mean('signature, P-256', () => signedQuery(terms, ecKey, 'SHA256'));
  const ecWhole = await mean('getPlaybackUrl, P-256', () => ecStorage.getPlaybackUrl(videoId));
  const repeated = await mean('getPlaybackUrl again within a window, RSA', () => windowed.getPlaybackUrl(videoId));
  const figures = {
    'RSA signed URL of its limit (goal 0.90)': rsaLimit / rsaOurs,
    'RSA signed URL against the AWS signer (goal 3)': rsaAws / rsaOurs,
    'P-256 signature of its limit (goal 0.80)': ecLimit / ecOurs,
    'P-256 getPlaybackUrl of its limit (goal 0.65)': ecLimit / ecWhole,
    'repeated within a window against an RSA signature (goal 50)': rsaLimit / repeated,
  };
  for (const [name, ratio] of Object.entries(figures)) console.log(`${name}: ${ratio.toFixed(2)}`);
  expect(rsaLimit / rsaOurs).toBeGreaterThan(0.5);
});

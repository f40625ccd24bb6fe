// What a playback grant costs, against the signature alone and against the AWS signer with a PEM: `npm run proof --
// playback-figures`. A plain program, since calls between modules are slower in a bench runner.
import { sign } from 'node:crypto';
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { RateLimiter } from '@videostorage/core';
import { S3CloudFrontStorage } from '../src/s3-cloudfront-storage.ts';
import { signedQuery } from '../src/signed-query.ts';
import { parseSigningKey } from '../src/signing-key.ts';
import { ecKeyPair, rsaKeyPair, type TestKeyPair } from '../test-support/key-pairs.ts';
import { fastest } from './fastest.ts';
import { repeat } from './medians.ts';

const videoId = '0123456789abcdef0123456789abcdef-mp4';
const resource = 'https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/source.mp4';
const terms = { resource, expiresAtSeconds: 1_900_000_000 };
const policy = Buffer.from(
  `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":1900000000}}}]}`,
);
const [rsaKey, ecKey] = [parseSigningKey('K', rsaKeyPair.pem), parseSigningKey('K', ecKeyPair.pem)];
const ecStorage = storageWith(ecKeyPair);
const windowed = storageWith(rsaKeyPair, 3600);
// As its documentation shows: PEM text and a date, parsed at each call.
const aws = { keyPairId: 'K', privateKey: rsaKeyPair.pem, url: resource, dateLessThan: '2030-03-17' };
const awsWithEc = { ...aws, privateKey: ecKeyPair.pem };

const [rsaLimit = 0, rsaOurs = 0, rsaAws = 0, ecLimit = 0, ecOurs = 0, ecAws = 0, ecWhole = 0, repeated = 0] =
  await fastest([
    () => repeat(() => sign('sha256', policy, rsaKeyPair.privateKey), 15),
    () => repeat(() => signedQuery(terms, rsaKey, 'SHA256'), 15),
    () => repeat(() => getSignedUrl(aws), 15),
    () => repeat(() => sign('sha256', policy, ecKeyPair.privateKey), 200),
    () => repeat(() => signedQuery(terms, ecKey, 'SHA256'), 200),
    () => repeat(() => getSignedUrl(awsWithEc), 50),
    () => repeat(() => ecStorage.getPlaybackUrl(videoId), 200),
    () => repeat(() => windowed.getPlaybackUrl(videoId), 500),
  ]);
const figures = {
  'crypto.sign, RSA-2048, microseconds': rsaLimit,
  'crypto.sign, P-256, microseconds': ecLimit,
  'RSA signed URL of the bare signature (goal 0.90)': rsaLimit / rsaOurs,
  'AWS signer with a PEM, RSA-2048, microseconds': rsaAws,
  'RSA signed URL against the AWS signer with a PEM': rsaAws / rsaOurs,
  'the most that one RSA signature a URL allows there': rsaAws / rsaLimit,
  'P-256 signed URL against the AWS signer with a PEM': ecAws / ecOurs,
  'P-256 signed URL of the bare signature (goal 0.75)': ecLimit / ecOurs,
  'P-256 getPlaybackUrl of the bare signature (goal 0.65)': ecLimit / ecWhole,
  'repeated playback within a window against a cold RSA signature (goal 50)': rsaLimit / repeated,
};
for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value.toFixed(2)}`);

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

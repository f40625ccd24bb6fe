import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { RateLimiter } from '@videostorage/core';
import { CloudFrontEmulator, S3Emulator } from '@videostorage/emulators';
import { S3CloudFrontStorage } from '@videostorage/s3-cloudfront';
import { type FailingProvider, letFail } from './failing-provider.ts';
import { patientRetries } from './patient-retries.ts';
import { ShiftedClock } from './shifted-clock.ts';

const KEY_PAIR_ID = 'K2JCJMDEHXQW5F';

/** S3 and CloudFront, emulated; S3 fails. */
export async function startFailingS3(faultShare: number, random: () => number): Promise<FailingProvider> {
  const clock = new ShiftedClock();
  const s3 = await S3Emulator.start({ clock });
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const origin = { endpoint, bucket, region, ...credentials, readablePrefix: 'videos/' };
  const cloudFront = await CloudFrontEmulator.start({
    ...{ clock, origin, publicKeys: { [KEY_PAIR_ID]: publicKey }, errorCachingMinTtlSeconds: 0 },
  });
  const { requests, heal } = letFail(s3, {
    faultShare,
    random,
    // A browser sends its form directly to the bucket.
    isHostRequest: ({ method, headers }) =>
      method !== 'POST' || !headers['content-type']?.startsWith('multipart/form-data'),
    isLookUp: () => false,
  });
  const { endpoint: baseUrl, distributionId } = cloudFront;
  const storage = new S3CloudFrontStorage({
    ...{ clock, bucket, region, endpoint, credentials },
    cloudFront: { baseUrl, endpoint: baseUrl, distributionId, keyPairs: [{ keyPairId: KEY_PAIR_ID, privateKey }] },
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: patientRetries(),
    referenceSecrets: [randomBytes(32).toString('base64url')],
  });
  return {
    ...{ storage, clock, requests, heal },
    finishProcessing: async () => {},
    countBeside: async (videoIds) => {
      const ids = [...videoIds].map((videoId) => videoId.replace(/-.*$/, ''));
      const kept = new Set(ids.flatMap((id) => [`videos/${id}`, `records/${id}.json`]));
      const others = s3.keys.filter((key) => !kept.has(key.split('/', 2).join('/')));
      return others.length + s3.pendingMultipartUploads;
    },
    stop: async () => {
      await cloudFront.stop();
      await s3.stop();
    },
  };
}

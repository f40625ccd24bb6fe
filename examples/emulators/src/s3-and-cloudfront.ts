import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { CloudFrontEmulator, S3Emulator } from '@videostorage/emulators';
import { S3CloudFrontStorage } from '@videostorage/s3-cloudfront';
import type { EmulatedStorage } from './emulated-storage.ts';

/** Ids of CloudFront's public keys have only letters and digits: `my-key` is refused, by the storage too. */
const KEY_PAIR_ID = 'K2JCJMDEHXQW5F';

/** S3 and CloudFront on this computer, and the storage over both. */
export async function startS3AndCloudFront(): Promise<EmulatedStorage> {
  // A browser on another origin, your page, may only send and read what a CORS rule allows:
  // const s3 = await S3Emulator.start({ cors: [{ allowedOrigins: ['http://localhost:3000'], … }] });
  const s3 = await S3Emulator.start();
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };

  // CloudFront verifies with the public key what the storage signs with the private one.
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const cloudFront = await CloudFrontEmulator.start({
    // As in the storage's CloudFormation template: only videos are readable, and no refusal is cached.
    origin: { endpoint, region, bucket, ...credentials, readablePrefix: 'videos/' },
    publicKeys: { [KEY_PAIR_ID]: publicKey },
    errorCachingMinTtlSeconds: 0,
  });

  const storage = new S3CloudFrontStorage({
    bucket,
    region,
    endpoint,
    credentials,
    cloudFront: {
      baseUrl: cloudFront.endpoint,
      endpoint: cloudFront.endpoint,
      distributionId: cloudFront.distributionId,
      keyPairs: [{ keyPairId: KEY_PAIR_ID, privateKey }],
    },
    referenceSecrets: [randomBytes(32).toString('base64url')],
  });
  return {
    storage,
    finishProcessing: async () => {},
    stop: async () => {
      await cloudFront.stop();
      await s3.stop();
    },
  };
}

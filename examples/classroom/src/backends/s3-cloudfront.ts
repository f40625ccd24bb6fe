import { generateKeyPairSync } from 'node:crypto';
import { CloudFrontEmulator, S3Emulator } from '@videostorage/emulators';
import { S3CloudFrontStorage } from '@videostorage/s3-cloudfront';
import type { Backend, BackendSettings } from './backend.ts';
import { accountFrom } from './environment.ts';

const account = [
  'CLASSROOM_S3_BUCKET',
  'CLASSROOM_S3_REGION',
  'CLASSROOM_CLOUDFRONT_URL',
  'CLASSROOM_CLOUDFRONT_DISTRIBUTION_ID',
  'CLASSROOM_CLOUDFRONT_KEY_PAIR_ID',
  'CLASSROOM_CLOUDFRONT_PRIVATE_KEY',
] as const;

/** Amazon when `CLASSROOM_S3_BUCKET` and the other variables of `--help` are set, otherwise both emulators on this computer. */
export async function s3CloudFrontBackend(settings: BackendSettings): Promise<Backend> {
  const found = accountFrom(account);
  return found === undefined ? emulated(settings) : amazon(settings, found);
}

async function amazon(
  settings: BackendSettings,
  found: Readonly<Record<(typeof account)[number], string>>,
): Promise<Backend> {
  const { CLASSROOM_S3_BUCKET: bucket, CLASSROOM_S3_REGION: region, CLASSROOM_CLOUDFRONT_URL: baseUrl } = found;
  const storage = new S3CloudFrontStorage({
    ...collaborators(settings),
    bucket,
    region,
    cloudFront: {
      baseUrl,
      distributionId: found.CLASSROOM_CLOUDFRONT_DISTRIBUTION_ID,
      keyPairs: [
        { keyPairId: found.CLASSROOM_CLOUDFRONT_KEY_PAIR_ID, privateKey: found.CLASSROOM_CLOUDFRONT_PRIVATE_KEY },
      ],
    },
  });
  // Checks the credentials now, so that wrong ones are an error at the start, not at the first student's upload.
  await storage.listVideos({ limit: 1 });
  const s3Origin = `s3.${region}.amazonaws.com`;
  return {
    storage,
    storedAt: `Videos are kept in the S3 bucket ${bucket}, behind CloudFront.`,
    browserOrigins: [`https://${bucket}.${s3Origin}`, `https://${s3Origin}`, new URL(baseUrl).origin],
    scriptOrigins: [],
    isEmulated: false,
    close: async () => {},
  };
}

async function emulated(settings: BackendSettings): Promise<Backend> {
  const pageOrigin = new URL(settings.publicUrl).origin;
  const cors = {
    allowedOrigins: [pageOrigin],
    allowedMethods: ['POST', 'PUT', 'GET', 'HEAD'],
    allowedHeaders: ['*'],
    exposeHeaders: ['ETag'],
  };
  const s3 = await S3Emulator.start({ cors: [cors] });
  const { bucket, region, accessKeyId, secretAccessKey } = s3;
  settings.uploadProxy?.leadTo(Number(new URL(s3.endpoint).port));
  const endpoint = settings.uploadProxy?.origin ?? s3.endpoint;
  const credentials = { accessKeyId, secretAccessKey };
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cloudFront = await CloudFrontEmulator.start({
    origin: { endpoint: s3.endpoint, bucket, region, ...credentials, readablePrefix: 'videos/' },
    errorCachingMinTtlSeconds: 0,
    publicKeys: { KCLASSROOM1: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    allowedOrigins: [pageOrigin],
  });
  const storage = new S3CloudFrontStorage({
    ...collaborators(settings),
    bucket,
    region,
    endpoint,
    credentials,
    cloudFront: {
      baseUrl: cloudFront.endpoint,
      endpoint: cloudFront.endpoint,
      distributionId: cloudFront.distributionId,
      keyPairs: [
        { keyPairId: 'KCLASSROOM1', privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      ],
    },
  });
  return {
    storage,
    storedAt: 'Videos are kept in emulators of S3 and CloudFront, and are lost when the classroom stops.',
    browserOrigins: [endpoint, cloudFront.endpoint],
    scriptOrigins: [],
    isEmulated: true,
    close: async () => {
      await cloudFront.stop();
      await s3.stop();
    },
  };
}

function collaborators({ referenceSecret, validator, rateLimiter }: BackendSettings) {
  return {
    referenceSecrets: [referenceSecret],
    validator,
    rateLimiter,
    inspectContent: true,
    multipartThresholdBytes: 20_000_000,
    // Small, so that sending an interrupted part again takes little time.
    partSizeBytes: 5 * 1024 * 1024,
  };
}

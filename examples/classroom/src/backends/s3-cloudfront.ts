import { generateKeyPairSync } from 'node:crypto';
import { S3CloudFrontStorage } from '@videostorage/s3-cloudfront';
import { CloudFrontEmulator, S3Emulator } from '@videostorage/testing/emulators';
import type { Backend, BackendSettings } from './backend.ts';

/** Amazon when `CLASSROOM_S3_BUCKET` and its companions are set, else both emulators on this computer. */
export async function s3CloudFrontBackend(settings: BackendSettings): Promise<Backend> {
  return process.env['CLASSROOM_S3_BUCKET'] === undefined ? emulated(settings) : amazon(settings);
}

function amazon(settings: BackendSettings): Backend {
  const bucket = setting('CLASSROOM_S3_BUCKET');
  const region = setting('CLASSROOM_S3_REGION');
  const baseUrl = setting('CLASSROOM_CLOUDFRONT_URL');
  const storage = new S3CloudFrontStorage({
    ...collaborators(settings),
    bucket,
    region,
    cloudFront: {
      baseUrl,
      distributionId: setting('CLASSROOM_CLOUDFRONT_DISTRIBUTION_ID'),
      keyPairs: [
        {
          keyPairId: setting('CLASSROOM_CLOUDFRONT_KEY_PAIR_ID'),
          privateKey: setting('CLASSROOM_CLOUDFRONT_PRIVATE_KEY'),
        },
      ],
    },
  });
  const browserOrigins = [`https://${bucket}.s3.${region}.amazonaws.com`, new URL(baseUrl).origin];
  return { storage, browserOrigins, close: async () => {} };
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
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cloudFront = await CloudFrontEmulator.start({
    origin: { endpoint, bucket, region, ...credentials },
    publicKeys: { KCLASSROOM: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
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
        { keyPairId: 'KCLASSROOM', privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      ],
    },
  });
  return {
    storage,
    browserOrigins: [endpoint, cloudFront.endpoint],
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
  };
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Set ${name} in the environment to use Amazon.`);
  return value;
}

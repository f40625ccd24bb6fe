import { generateKeyPairSync } from 'node:crypto';
import { CloudFrontEmulator, S3Emulator } from '@videostorage/emulators';

const KEY_ID = 'K2JCJMDEHXQW5F';

/** S3 and CloudFront on this computer, for a host app that is a process of its own. */
export class EmulatedAmazon {
  readonly s3: S3Emulator;
  readonly cloudFront: CloudFrontEmulator;
  /** `examples/fastify/src/s3.ts` finds both by these variables: the SDK reads the addresses by itself. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(s3: S3Emulator, cloudFront: CloudFrontEmulator, privateKey: string) {
    this.s3 = s3;
    this.cloudFront = cloudFront;
    const { bucket, region, endpoint, accessKeyId, secretAccessKey } = s3;
    this.environment = {
      ...{ VIDEO_BUCKET: bucket, AWS_REGION: region, AWS_ENDPOINT_URL_S3: endpoint },
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      ...{ CDN_URL: cloudFront.endpoint, CDN_ID: cloudFront.distributionId, CDN_KEY_ID: KEY_ID, CDN_KEY: privateKey },
      AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.endpoint,
    };
  }

  /** Starts both; the page at this origin may send and read, as by the CloudFormation template. Stop it in the end. */
  static async start(pageOrigin: string): Promise<EmulatedAmazon> {
    const allowedOrigins = [pageOrigin];
    const allowedMethods = ['POST', 'PUT', 'GET', 'HEAD'];
    const rule = { allowedOrigins, allowedMethods, allowedHeaders: ['*'], exposeHeaders: ['ETag'] };
    const s3 = await S3Emulator.start({ cors: [rule] });
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
    const { publicKey, privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const cloudFront = await CloudFrontEmulator.start({
      origin: { endpoint, region, bucket, accessKeyId, secretAccessKey, readablePrefix: 'videos/' },
      publicKeys: { [KEY_ID]: publicKey },
      allowedOrigins,
      errorCachingMinTtlSeconds: 0,
    });
    return new EmulatedAmazon(s3, cloudFront, privateKey);
  }

  /** Stops both. */
  async stop(): Promise<void> {
    await this.cloudFront.stop();
    await this.s3.stop();
  }
}

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { openToScripts } from '../s3/cors.ts';
import { S3Emulator } from '../s3/s3-emulator.ts';
import type { EmulatorCommand } from '../shared/run-emulator-command.ts';
import { CloudFrontEmulator } from './cloudfront-emulator.ts';

/**
 * `videostorage-cloudfront-emulator`. A distribution needs a bucket as its origin: this command starts its own S3 emulator at a
 * free port.
 */
export const cloudFrontCommand: EmulatorCommand = {
  start: async (port, flags) => {
    const allowedOrigins = flags.list('cors-origin');
    const s3 = await S3Emulator.start({ ...flags.text('bucket', 'bucket'), cors: openToScripts(allowedOrigins) });
    const { region, bucket, accessKeyId, secretAccessKey } = s3;
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const keyPairId = `K${randomBytes(7).toString('hex').toUpperCase()}`;
    const origin = { endpoint: s3.endpoint, region, bucket, accessKeyId, secretAccessKey };
    const publicKeys = { [keyPairId]: publicKey };
    const emulator = await CloudFrontEmulator.start({ port, origin, publicKeys, allowedOrigins }).catch(
      async (error: unknown) => {
        await s3.stop();
        throw error;
      },
    );
    const { endpoint, distributionId } = emulator;
    return {
      facts: { endpoint, distributionId, keyPairId, privateKey, ...prefixed(origin) },
      stop: async () => {
        await emulator.stop();
        await s3.stop();
      },
    };
  },
  flags: { bucket: { type: 'string' }, 'cors-origin': { type: 'string', multiple: true } },
};

function prefixed({ endpoint, ...rest }: { readonly endpoint: string }): Readonly<Record<string, string>> {
  return { s3Endpoint: endpoint, ...rest };
}

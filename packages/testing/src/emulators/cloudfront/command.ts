#!/usr/bin/env node
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { S3Emulator } from '../s3/s3-emulator.ts';
import { runEmulatorCommand } from '../shared/run-emulator-command.ts';
import { CloudFrontEmulator } from './cloudfront-emulator.ts';

// A distribution needs a bucket behind it: an S3 emulator of its own, at a free port.
void runEmulatorCommand(async (port) => {
  const s3 = await S3Emulator.start();
  const { region, bucket, accessKeyId, secretAccessKey } = s3;
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const keyPairId = `K${randomBytes(7).toString('hex').toUpperCase()}`;
  const origin = { endpoint: s3.endpoint, region, bucket, accessKeyId, secretAccessKey };
  const emulator = await CloudFrontEmulator.start({ port, origin, publicKeys: { [keyPairId]: publicKey } });
  const { endpoint, distributionId } = emulator;
  return {
    facts: { endpoint, distributionId, keyPairId, privateKey, ...prefixed(origin) },
    stop: async () => {
      await emulator.stop();
      await s3.stop();
    },
  };
});

function prefixed({ endpoint, ...rest }: { readonly endpoint: string }): Readonly<Record<string, string>> {
  return { s3Endpoint: endpoint, ...rest };
}

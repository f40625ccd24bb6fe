import { S3Client } from '@aws-sdk/client-s3';
import { S3Emulator } from '@videostorage/emulators';
import { expect, test } from 'vitest';
import { SCRIPT_ORIGIN } from '../test-support/object-cases.ts';
import { s3Cases } from '../test-support/s3-cases.ts';

const rule = {
  allowedOrigins: [SCRIPT_ORIGIN],
  allowedMethods: ['GET', 'PUT', 'POST'],
  allowedHeaders: ['*'],
  exposeHeaders: ['ETag'],
};

test.each(s3Cases.map((one) => [one.name, one] as const))('the emulator: %s', async (_name, one) => {
  const s3 = await S3Emulator.start({ cors: [rule] });
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  expect(await one.run({ client, bucket })).toBe(one.expected);
  client.destroy();
  await s3.stop();
});

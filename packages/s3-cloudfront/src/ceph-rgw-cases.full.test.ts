import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { cephRgw } from '../test-support/ceph-rgw.ts';
import { SCRIPT_ORIGIN } from '../test-support/object-cases.ts';
import { s3Cases } from '../test-support/s3-cases.ts';

const { endpoint, region, credentials } = cephRgw;
const rule = {
  AllowedOrigins: [SCRIPT_ORIGIN],
  AllowedMethods: ['GET', 'PUT', 'POST'],
  AllowedHeaders: ['*'],
  ExposeHeaders: ['ETag'],
};

// The same cases as on the emulator: where the gateway differs from Amazon's documentation, the case says so.
test.skipIf(endpoint === '').each(s3Cases.map((one) => [one.name, one] as const))(
  'Ceph RGW: %s',
  async (_name, one) => {
    const bucket = `cases-${randomBytes(6).toString('hex')}`;
    const client = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [rule] } }));
    expect(await one.run({ client, bucket })).toBe(one.quirks?.['Ceph RGW']?.answer ?? one.expected);
    client.destroy();
  },
);

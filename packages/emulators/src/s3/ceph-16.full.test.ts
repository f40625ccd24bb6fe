import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { cephCases } from '../../test-support/ceph-cases.ts';
import { S3TestClient } from '../../test-support/s3-test-client.ts';

const setting = (name: string): string => process.env[`VIDEOSTORAGE_S3_${name}`] ?? '';
const endpoint = setting('ENDPOINT');
const VERSIONED = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';

// The same cases as on the emulator that claims to behave like the gateway.
test.skipIf(endpoint === '').each(cephCases.map((one) => [one.name, one] as const))(
  'Ceph’s gateway 16 %s',
  async (_name, { versioned = false, run, expected }) => {
    const bucket = `ceph-16-${randomBytes(6).toString('hex')}`;
    const user = { accessKeyId: setting('ACCESS_KEY_ID'), secretAccessKey: setting('SECRET_ACCESS_KEY') };
    const store = { endpoint, region: setting('REGION'), bucket, ...user };
    const client = new S3TestClient(store);
    expect((await client.call('PUT', undefined)).status).toBe(200);
    if (versioned) {
      const answer = await client.call('PUT', undefined, { query: { versioning: '' }, body: VERSIONED });
      expect(answer.status).toBe(200);
    }
    expect(await run(store)).toEqual(expected);
  },
);

import * as aws from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { propertyRuns } from '../test-support/property-runs.ts';
import { PartSigner, type SignableUpload } from './part-signer.ts';

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const temporary = { ...keys, sessionToken: 'to/ken+with=all~that (is) *odd*' };
const upload: SignableUpload = {
  target: { Bucket: 'videos' },
  key: 'videos/0123/source.mp4',
  s3UploadId: "a/b+c~d e'f",
  expiresInSeconds: 3600,
};

const clientWith = (options: aws.S3ClientConfig): aws.S3Client =>
  new aws.S3Client({
    region: 'eu-central-1',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: keys,
    ...options,
  });

function theirs(client: aws.S3Client, PartNumber: number, ContentLength: number): Promise<string> {
  const { target, key: Key, s3UploadId: UploadId, expiresInSeconds: expiresIn } = upload;
  const command = new aws.UploadPartCommand({ ...target, Key, UploadId, PartNumber, ContentLength });
  return getSignedUrl(client, command, { expiresIn });
}

// The time is part of a signature.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_900_000_000_000 }));
afterEach(() => void vi.useRealTimers());

test.each<[string, aws.S3ClientConfig]>([
  ['Amazon', {}],
  ['temporary credentials', { credentials: temporary }],
  ['an access key id with slashes', { credentials: { ...keys, accessKeyId: 'a/team/key' } }],
  ['a store at a port', { endpoint: 'http://127.0.0.1:9000' }],
  ['a store by path', { endpoint: 'https://store.example', forcePathStyle: true }],
  ['a store below a path', { endpoint: 'https://store.example/s3', forcePathStyle: true }],
  ['acceleration', { useAccelerateEndpoint: true }],
  ['dual stack', { useDualstackEndpoint: true }],
  ['a region that is not the endpoint’s own', { region: 'aws-global' }],
])('%s: every part is signed as the SDK signs it, byte for byte', async (_name, options) => {
  const client = clientWith(options);
  const signer = new PartSigner(client, upload);
  const parts = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 5 * 2 ** 30 }));
  await fc.assert(
    fc.asyncProperty(parts, async ([partNumber, sizeBytes]) => {
      expect(await signer.sign(partNumber, sizeBytes)).toBe(await theirs(client, partNumber, sizeBytes));
    }),
    propertyRuns(25),
  );
});

test('a client that also signs other headers signs every part itself', async () => {
  const client = clientWith({});
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['x-amz-server-side-encryption-customer-algorithm'] = 'AES256';
      return next(args);
    },
    { step: 'build' },
  );
  const signer = new PartSigner(client, upload);
  for (const partNumber of [1, 2, 3]) {
    const url = await signer.sign(partNumber, 5);
    expect(url).toBe(await theirs(client, partNumber, 5));
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toContain('customer-algorithm');
  }
});

/** How often the SDK resolved endpoint and request of a part. */
function countResolved(client: aws.S3Client): () => number {
  let resolved = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      resolved += 1;
      return next(args);
    },
    { step: 'build' },
  );
  return () => resolved;
}

test('the SDK resolves endpoint and request for the first part alone', async () => {
  const client = clientWith({});
  const resolved = countResolved(client);
  const signer = new PartSigner(client, upload);
  for (const partNumber of [1, 2, 3]) await signer.sign(partNumber, 5);
  expect(resolved()).toBe(1);
});

test('after the credentials have changed, the next part is signed by the new ones alone', async () => {
  const expiration = new Date(Date.now() + 1000);
  let current: typeof keys & { readonly sessionToken?: string; readonly expiration: Date } = {
    ...temporary,
    expiration,
  };
  const client = clientWith({ credentials: async () => current });
  const signer = new PartSigner(client, upload);
  expect(await signer.sign(1, 5)).toContain('X-Amz-Security-Token=');
  current = { ...keys, accessKeyId: 'AKIANEXT', expiration };
  const url = await signer.sign(2, 5);
  expect(url).toBe(await theirs(client, 2, 5));
  expect(url).toContain('AKIANEXT');
  expect(url).not.toContain('X-Amz-Security-Token=');
});

test('a client that signs by another algorithm, or by a session of S3 Express, signs every part itself', async () => {
  for (const [name, value] of [
    ['X-Amz-Algorithm', 'AWS4-ECDSA-P256-SHA256'],
    ['X-Amz-S3session-Token', 'token'],
    ['X-Amz-Credential', 'AKIAEXAMPLE'],
    ['X-Amz-Credential', 'AKIAEXAMPLE/20300101/eu-central-1'],
  ]) {
    const client = clientWith({});
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { presigned } = Object(result.output) as { presigned: { query: Record<string, string> } };
        presigned.query[name ?? ''] = value ?? '';
        return result;
      },
      { step: 'initialize' },
    );
    const resolved = countResolved(client);
    const signer = new PartSigner(client, upload);
    for (const partNumber of [1, 2, 3]) {
      expect(new URL(await signer.sign(partNumber, 5)).searchParams.get(name ?? '')).toBe(value);
    }
    expect(resolved()).toBe(3);
  }
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { collectAnswer, collectCloudFrontAnswer } from './bounded-body.ts';
import { makeCloudFrontClient } from './make-cloudfront-client.ts';
import { makeS3Client, REQUEST_TIMEOUTS } from './make-s3-client.ts';
import { parseS3CloudFrontOptions } from './s3-cloudfront-options.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const referenceSecrets = ['a-secret-of-at-least-thirty-two-bytes'];
let server: Server;
let endpoint: string;
let requests = 0;
let onRequest = () => {};

beforeAll(async () => {
  // It never answers.
  server = createServer(() => {
    requests += 1;
    onRequest();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The outcome of a request that is not answered, ten seconds after it arrived, and how many requests arrived by then. */
async function unanswered(send: () => Promise<unknown>) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  requests = 0;
  const arrived = new Promise<void>((resolve) => {
    onRequest = resolve;
  });
  let outcome: unknown;
  const sent = send().then(
    () => 'answered',
    (error: unknown) => {
      outcome = error;
    },
  );
  await arrived;
  vi.advanceTimersByTime(9999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(outcome).toBeUndefined();
  vi.advanceTimersByTime(1);
  await sent;
  return { outcome, requests };
}

const s3 = () =>
  makeS3Client(
    parseS3CloudFrontOptions({ bucket: 'videos', region: 'us-east-1', endpoint, credentials, referenceSecrets }),
  );

test('one request of S3’s client ends by itself, is not repeated by it, and its answer is bounded', async () => {
  const client = s3();
  const ended = await unanswered(() => client.send(new ListBucketsCommand({})));
  expect(ended).toMatchObject({ outcome: { name: 'TimeoutError' }, requests: 1 });
  expect(await client.config.maxAttempts()).toBe(1);
  expect(client.config.streamCollector).toBe(collectAnswer);
  client.destroy();
});

test('so does one request of CloudFront’s client', async () => {
  const client = await makeCloudFrontClient(credentials, endpoint);
  const batch = { CallerReference: 'r', Paths: { Quantity: 1, Items: ['/a'] } };
  const command = new CreateInvalidationCommand({ DistributionId: 'E2QWRUHAPOMQZL', InvalidationBatch: batch });
  const ended = await unanswered(() => client.send(command));
  expect(ended).toMatchObject({ outcome: { name: 'TimeoutError' }, requests: 1 });
  expect(await client.config.maxAttempts()).toBe(1);
  expect(client.config.streamCollector).toBe(collectCloudFrontAnswer);
  client.destroy();
});

test('endpoint, path style and credentials are those of the options; what is not set is left to the SDK', async () => {
  const made = (more: object) =>
    makeS3Client(
      parseS3CloudFrontOptions({ bucket: 'videos', region: 'us-east-1', credentials, referenceSecrets, ...more }),
    );
  const plain = made({});
  expect(plain.config.endpoint).toBeUndefined();
  expect(plain.config.forcePathStyle).toBe(false);
  expect(await plain.config.responseChecksumValidation()).toBe('WHEN_REQUIRED');
  const given = await plain.config.credentials();
  expect(given).toMatchObject(credentials);
  expect(given).not.toHaveProperty('sessionToken');
  const other = { ...credentials, sessionToken: 'token' };
  const byPath = made({ endpoint, forcePathStyle: true, credentials: async () => other });
  expect(byPath.config.forcePathStyle).toBe(true);
  expect(await byPath.config.credentials()).toMatchObject(other);
  expect(await made({ credentials: other }).config.credentials()).toMatchObject(other);
});

test('the default bounds: three seconds to connect, ten for an answer', () => {
  expect(REQUEST_TIMEOUTS).toEqual({ connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true });
});

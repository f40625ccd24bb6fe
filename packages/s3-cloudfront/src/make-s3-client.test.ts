import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectAnswer } from './bounded-body.ts';
import { makeCloudFrontClient } from './make-cloudfront-client.ts';
import { makeS3Client, REQUEST_TIMEOUTS } from './make-s3-client.ts';
import { parseS3CloudFrontOptions } from './s3-cloudfront-options.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const referenceSecrets = ['a-secret-of-at-least-thirty-two-bytes'];
let server: Server;
let endpoint: string;
let requests = 0;

beforeAll(async () => {
  // It never answers.
  server = createServer(() => {
    requests += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const s3 = () =>
  makeS3Client(
    parseS3CloudFrontOptions({ bucket: 'videos', region: 'us-east-1', endpoint, credentials, referenceSecrets }),
  );

test('one request of S3’s client ends by itself, is not repeated by it, and its answer is bounded', async () => {
  const client = s3();
  requests = 0;
  // A bound of this request alone, so that the test need not wait for the usual one.
  const sent = client.send(new ListBucketsCommand({}), { requestTimeout: 50 });
  await expect(sent).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(requests).toBe(1);
  expect(await client.config.maxAttempts()).toBe(1);
  expect(client.config.streamCollector).toBe(collectAnswer);
  client.destroy();
});

test('so is one of CloudFront’s', async () => {
  const client = await makeCloudFrontClient(credentials, endpoint);
  requests = 0;
  const batch = { CallerReference: 'r', Paths: { Quantity: 1, Items: ['/a'] } };
  const command = new CreateInvalidationCommand({ DistributionId: 'E2QWRUHAPOMQZL', InvalidationBatch: batch });
  await expect(client.send(command, { requestTimeout: 50 })).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(requests).toBe(1);
  expect(await client.config.maxAttempts()).toBe(1);
  expect(client.config.streamCollector).toBe(collectAnswer);
  client.destroy();
});

test('the usual bounds: three seconds to connect, ten for an answer', () => {
  expect(REQUEST_TIMEOUTS).toEqual({ connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true });
});

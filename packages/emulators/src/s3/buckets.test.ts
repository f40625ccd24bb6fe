import { afterEach, beforeEach, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText, elementTexts } from '../../test-support/send-raw.ts';
import { S3Emulator } from './s3-emulator.ts';

let s3: S3Emulator;
let client: S3TestClient;

beforeEach(async () => {
  s3 = await S3Emulator.start();
  client = new S3TestClient(s3);
});
afterEach(() => s3.stop());

const bucket = async (method: string, name: string, body = '') =>
  (await client.callPath(method, `/${name}`, { body })).outcome;

test('ListBuckets names the bucket', async () => {
  const { status, text } = await client.callPath('GET', '/');
  expect([status, elementTexts(text, 'Name')]).toEqual([200, ['videos']]);
  expect(Date.parse(elementText(text, 'CreationDate') ?? '')).toBeGreaterThan(0);
});

test('CreateBucket creates a bucket with its own objects, and DeleteBucket removes it once it is empty', async () => {
  expect(await bucket('HEAD', 'second')).toBe('404');
  expect(await bucket('PUT', 'second')).toBe('200');
  const other = new S3TestClient({ ...credentials(), bucket: 'second' });
  await client.call('PUT', 'k', { body: 'first' });
  await other.call('PUT', 'k', { body: 'second' });
  expect([(await client.call('GET', 'k')).text, (await other.call('GET', 'k')).text]).toEqual(['first', 'second']);
  const copied = await client.call('PUT', 'to', { headers: { 'x-amz-copy-source': '/second/k' } });
  expect([copied.status, (await client.call('GET', 'to')).text]).toEqual([200, 'second']);
  const uploadId = await other.begin('parts');
  const part = { query: { partNumber: '1', uploadId }, body: 'x' };
  expect((await client.call('PUT', 'parts', part)).outcome).toBe('404 NoSuchUpload');
  expect((await other.call('PUT', 'parts', part)).outcome).toBe('200');
  expect(elementTexts((await client.call('GET', undefined, { query: { uploads: '' } })).text, 'Key')).toEqual([]);
  expect(elementTexts((await client.callPath('GET', '/')).text, 'Name')).toEqual(['second', 'videos']);
  expect(await bucket('DELETE', 'second')).toBe('409 BucketNotEmpty');
  await other.call('DELETE', 'k');
  expect([await bucket('DELETE', 'second'), await bucket('DELETE', 'second')]).toEqual(['204', '404 NoSuchBucket']);
});

test.each(['ab', 'A-b', 'a..b', '-abc', 'a'.repeat(64), '127.0.0.1', 'a_b'])(
  '%s is not a name of a bucket',
  async (name) => {
    expect(await bucket('PUT', name)).toBe('400 InvalidBucketName');
  },
);

test('an existing bucket can be created again only in us-east-1, and no bucket in another region than the endpoint’s', async () => {
  expect(await bucket('PUT', 'videos')).toBe('200');
  const place = (region: string) =>
    `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  expect(await bucket('PUT', 'second', place('eu-west-1'))).toBe('400 IllegalLocationConstraintException');
  await s3.stop();
  s3 = await S3Emulator.start({ region: 'eu-west-1' });
  client = new S3TestClient(s3);
  expect(await bucket('PUT', 'second')).toBe('400 IllegalLocationConstraintException');
  expect(await bucket('PUT', 'second', place('eu-west-1'))).toBe('200');
  expect(await bucket('PUT', 'videos', place('eu-west-1'))).toBe('409 BucketAlreadyOwnedByYou');
});

function credentials() {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  return { endpoint, region, accessKeyId, secretAccessKey };
}

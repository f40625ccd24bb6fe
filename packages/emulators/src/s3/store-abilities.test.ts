import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { cephCases } from '../../test-support/ceph-cases.ts';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { postForm } from '../../test-support/signed-form.ts';
import { S3Emulator, type S3EmulatorOptions } from './s3-emulator.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
let s3: S3Emulator;
let client: S3TestClient;

afterEach(() => s3.stop());

const start = async (options: S3EmulatorOptions) => {
  s3 = await S3Emulator.start(options);
  client = new S3TestClient(s3);
};
const put = async (headers: Record<string, string> = {}, body = 'x') =>
  (await client.call('PUT', 'k', { body, headers })).outcome;
const copy = async (headers: Record<string, string> = {}) =>
  (await client.call('PUT', 'to', { headers: { 'x-amz-copy-source': '/videos/k', ...headers } })).outcome;
/** An upload of one part; completes it with headers. */
const beginOne = async (key = 'k') => {
  const id = await client.begin(key);
  const parts = [[1, await client.putPart(key, id, 1, new Uint8Array(10))]] as const;
  return (headers: Record<string, string> = {}) => client.complete(key, id, parts, headers);
};

test('a store without POST policies answers a form with 501 and stores nothing', async () => {
  await start({ withoutPostPolicies: true });
  expect((await postForm(s3, Date.now())).outcome).toBe('501 NotImplemented');
  expect(s3.keys).toEqual([]);
  expect(await put()).toBe('200');
});

test('a store that refuses checksums of DeleteObjects accepts only Content-MD5', async () => {
  await start({ withoutDeleteChecksums: true });
  await put();
  const body = '<Delete><Object><Key>k</Key></Object></Delete>';
  const remove = async (headers: Record<string, string>) =>
    (await client.call('POST', undefined, { query: { delete: '' }, body, headers })).outcome;
  const contentMd5 = { 'content-md5': createHash('md5').update(body).digest('base64') };
  const sha256 = createHash('sha256').update(body).digest('base64');
  expect(await remove({ 'x-amz-checksum-sha256': sha256 })).toBe('501 NotImplemented');
  expect(await remove({ ...contentMd5, 'x-amz-checksum-sha256': sha256 })).toBe('501 NotImplemented');
  expect(await remove({ ...contentMd5, 'x-amz-sdk-checksum-algorithm': 'CRC32' })).toBe('501 NotImplemented');
  expect(s3.keys).toEqual(['k']);
  expect(await remove(contentMd5)).toBe('200');
  expect(s3.keys).toEqual([]);
  expect(await put({ 'x-amz-checksum-sha256': createHash('sha256').update('x').digest('base64') })).toBe('200');
});

test('a store without create-if-absent answers it with 501 for a PUT, a copy and a completed upload', async () => {
  await start({ withoutCreateIfAbsent: true });
  const absent = { 'if-none-match': '*' };
  expect(await put(absent)).toBe('501 NotImplemented');
  expect(await put()).toBe('200');
  expect(await copy(absent)).toBe('501 NotImplemented');
  const complete = await beginOne('parts');
  expect((await complete(absent)).outcome).toBe('501 NotImplemented');
  expect(s3.keys).toEqual(['k']);
  expect((await complete()).outcome).toBe('200');
  expect(await put({ 'if-match': `"${md5('x')}"` })).toBe('200');
});

test('a store without x-amz-mp-object-size answers it with 501', async () => {
  await start({ withoutObjectSize: true });
  const complete = await beginOne();
  expect((await complete({ 'x-amz-mp-object-size': '10' })).outcome).toBe('501 NotImplemented');
  expect((await complete()).outcome).toBe('200');
});

test.each(cephCases.map((one) => [one.name, one] as const))(
  'like Ceph 16 it %s',
  async (_name, { versioned = false, run, expected }) => {
    await start({ behavesLike: 'ceph-16', versioned });
    expect(await run(s3)).toEqual(expected);
  },
);

test('like Ceph 16 it mentions no encryption that was not requested, and knows a completed upload only while its object exists', async () => {
  await start({ behavesLike: 'ceph-16' });
  const complete = await beginOne();
  await complete();
  expect((await client.call('HEAD', 'k')).headers['x-amz-server-side-encryption']).toBeUndefined();
  await put();
  expect((await complete()).outcome).toBe('404 NoSuchUpload');
});

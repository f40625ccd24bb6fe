import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText } from '../../test-support/send-raw.ts';
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

test('S22: a store without POST policies answers a form with 501 and stores nothing', async () => {
  await start({ withoutPostPolicies: true });
  expect((await postForm(s3, Date.now())).outcome).toBe('501 NotImplemented');
  expect(s3.keys).toEqual([]);
  expect(await put()).toBe('200');
});

test('S22: a store that refuses checksums of DeleteObjects takes Content-MD5 alone', async () => {
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

test('S22: a store without create-if-absent says 501 to a PUT, a copy and a completed upload', async () => {
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

test('S22: a store without x-amz-mp-object-size says 501', async () => {
  await start({ withoutObjectSize: true });
  const complete = await beginOne();
  expect((await complete({ 'x-amz-mp-object-size': '10' })).outcome).toBe('501 NotImplemented');
  expect((await complete()).outcome).toBe('200');
});

describe('Ceph 16', () => {
  const absent = { 'if-none-match': '*' };

  test('ignores every condition of a copy', async () => {
    await start({ behavesLike: 'ceph-16' });
    await put();
    expect(await copy({ 'x-amz-copy-source-if-match': '"other"' })).toBe('200');
    expect(await copy(absent)).toBe('200');
  });

  test('ignores every condition of a completed upload', async () => {
    await start({ behavesLike: 'ceph-16' });
    await put();
    expect((await (await beginOne())(absent)).outcome).toBe('200');
    expect((await (await beginOne())({ 'if-match': '"other"' })).outcome).toBe('200');
  });

  test('creates if absent without versions, exactly one of twenty at once; with versions it overwrites', async () => {
    await start({ behavesLike: 'ceph-16' });
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => put(absent, `${index}`)));
    expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === '412 PreconditionFailed')).toHaveLength(19);
    await s3.stop();
    await start({ behavesLike: 'ceph-16', versioned: true });
    expect([await put(absent), await put(absent, 'second')]).toEqual(['200', '200']);
    expect((await client.call('GET', 'k')).text).toBe('second');
  });

  test('matches the ETag of a PUT only without quotes, and any by `*`; that of a DELETE never counts', async () => {
    await start({ behavesLike: 'ceph-16' });
    await put();
    expect(await put({ 'if-match': `"${md5('x')}"` })).toBe('412 PreconditionFailed');
    expect(await put({ 'if-match': md5('x') })).toBe('200');
    expect(await put({ 'if-match': '*' })).toBe('200');
    expect(await put({ 'if-match': md5('other') })).toBe('412 PreconditionFailed');
    expect((await client.call('GET', 'k', { headers: { 'if-match': '"other"' } })).outcome).toBe(
      '412 PreconditionFailed',
    );
    expect((await client.call('DELETE', 'k', { headers: { 'if-match': '"other"' } })).outcome).toBe('204');
    expect(s3.keys).toEqual([]);
  });

  test('accepts wrong checksums and repeats none, but looks at Content-MD5', async () => {
    await start({ behavesLike: 'ceph-16' });
    const answer = await client.call('PUT', 'k', { body: 'x', headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } });
    expect([answer.outcome, answer.headers['x-amz-checksum-crc32']]).toEqual(['200', undefined]);
    expect(await put({ 'content-md5': createHash('md5').update('other').digest('base64') })).toBe('400 BadDigest');
    expect((await (await beginOne())({ 'x-amz-checksum-crc32': 'AAAAAA==' })).outcome).toBe('200');
  });

  test('answers a completed upload with an empty ETag, and with the real one when it is completed again', async () => {
    await start({ behavesLike: 'ceph-16' });
    const complete = await beginOne();
    const [first, again] = [await complete(), await complete()];
    expect(first.text).toContain('<ETag/>');
    const eTag = String((await client.call('HEAD', 'k')).headers['etag']);
    expect([again.outcome, elementText(again.text, 'ETag')]).toEqual(['200', eTag.replaceAll('"', '&quot;')]);
    await put();
    expect((await complete()).outcome).toBe('404 NoSuchUpload');
  });

  test('answers a form without ETag and Location headers, with a bare ETag; a forged signature is AccessDenied', async () => {
    await start({ behavesLike: 'ceph-16' });
    const answer = await postForm(s3, Date.now());
    expect([answer.outcome, answer.headers['etag'], answer.headers['location']]).toEqual(['201', undefined, undefined]);
    expect(elementText(answer.text, 'ETag')).toMatch(/^[0-9a-f]{32}$/);
    expect(elementText(answer.text, 'Location')).toBe('localhost/videos/videos%2Fa.mp4');
    const forged = await postForm(s3, Date.now(), (form) => {
      form.replaced = { 'X-Amz-Signature': 'f'.repeat(64) };
    });
    expect(forged.outcome).toBe('403 AccessDenied');
  });

  test('sends no message with an error, and no encryption that nobody asked for', async () => {
    await start({ behavesLike: 'ceph-16' });
    const { outcome, text } = await client.call('GET', 'none');
    expect([outcome, text.includes('<Message/>')]).toEqual(['404 NoSuchKey', true]);
    await put();
    expect((await client.call('HEAD', 'k')).headers['x-amz-server-side-encryption']).toBeUndefined();
  });
});

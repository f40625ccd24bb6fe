import { createHash } from 'node:crypto';
import { ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText, elementTexts } from '../../test-support/send-raw.ts';
import { postForm, setField } from '../../test-support/signed-form.ts';
import { S3Emulator } from './s3-emulator.ts';

const SSE = 'x-amz-server-side-encryption';
const KMS = { [SSE]: 'aws:kms', [`${SSE}-aws-kms-key-id`]: 'arn:aws:kms:us-east-1:1:key/k' };
const KEPT = { ...KMS, [`${SSE}-bucket-key-enabled`]: 'true', 'x-amz-storage-class': 'STANDARD_IA' };
const { 'x-amz-storage-class': _, ...ENCRYPTION } = KEPT;

describe('encryption and storage class', () => {
  let s3: S3Emulator;
  let client: S3TestClient;
  beforeEach(async () => {
    s3 = await S3Emulator.start();
    client = new S3TestClient(s3);
  });
  afterEach(() => s3.stop());

  const head = async (key: string) => (await client.call('HEAD', key)).headers;

  test('of a PUT are kept, and repeated by the answer, by HEAD and by the list', async () => {
    expect((await client.call('PUT', 'k', { body: 'x', headers: KEPT })).headers).toMatchObject(ENCRYPTION);
    expect(await head('k')).toMatchObject(KEPT);
    const { text } = await client.call('GET', undefined, { query: { 'list-type': '2' } });
    expect(elementText(text, 'StorageClass')).toBe('STANDARD_IA');
  });

  test('of a form, of an upload in parts and of a copy too; a copy keeps none of its source’s settings', async () => {
    const form = await postForm(s3, Date.now(), (one) => {
      for (const [name, value] of Object.entries(KEPT)) {
        setField(one, name, value);
        one.conditions.push({ [name]: value });
      }
    });
    expect([form.status, form.headers[SSE]]).toEqual([201, 'aws:kms']);
    expect(await head('videos/a.mp4')).toMatchObject(KEPT);
    const id = await client.begin('parts', KEPT);
    const done = await client.complete('parts', id, [[1, await client.putPart('parts', id, 1, new Uint8Array(1))]]);
    expect([done.status, done.headers[SSE]]).toEqual([200, 'aws:kms']);
    expect(await head('parts')).toMatchObject(KEPT);
    await client.call('PUT', 'same', { headers: { ...KEPT, 'x-amz-copy-source': '/videos/parts' } });
    expect(await head('same')).toMatchObject(KEPT);
    await client.call('PUT', 'plain', { headers: { 'x-amz-copy-source': '/videos/parts' } });
    const plain = await head('plain');
    expect([plain[SSE], plain['x-amz-storage-class']]).toEqual(['AES256', undefined]);
  });

  test('under a KMS key no ETag is a digest of the bytes', async () => {
    const put = async (key: string) => (await client.call('PUT', key, { body: 'x', headers: KMS })).headers['etag'];
    const [one, other] = [await put('one'), await put('other')];
    expect(one).toMatch(/^"[0-9a-f]{32}"$/);
    expect(one).not.toBe(other);
    expect((await head('one'))['etag']).toBe(one);
  });

  test.each<[Record<string, string>, string]>([
    [{ [SSE]: 'AES256' }, '200'],
    [{ [SSE]: 'aws:kms:dsse' }, '200'],
    [{ [SSE]: 'aes256' }, '400 InvalidEncryptionAlgorithmError'],
    [{ [`${SSE}-aws-kms-key-id`]: 'k' }, '400 InvalidArgument'],
    [{ [SSE]: 'AES256', [`${SSE}-aws-kms-key-id`]: 'k' }, '400 InvalidArgument'],
    [{ 'x-amz-storage-class': 'GLACIER_IR' }, '200'],
    [{ 'x-amz-storage-class': 'COLD' }, '400 InvalidStorageClass'],
  ])('%j: %s', async (headers, expected) => {
    expect((await client.call('PUT', 'k', { body: 'x', headers })).outcome).toBe(expected);
  });

  test('an archived object can be described and deleted, but neither read nor copied', async () => {
    await client.call('PUT', 'k', { body: 'x', headers: { 'x-amz-storage-class': 'DEEP_ARCHIVE' } });
    expect((await client.call('GET', 'k')).outcome).toBe('403 InvalidObjectState');
    const copied = await client.call('PUT', 'to', { headers: { 'x-amz-copy-source': '/videos/k' } });
    expect(copied.outcome).toBe('403 InvalidObjectState');
    expect((await client.call('HEAD', 'k')).outcome).toBe('200');
    expect((await client.call('DELETE', 'k')).outcome).toBe('204');
  });
});

const md5Base64 = (text: string) => createHash('md5').update(text).digest('base64');

describe('Object Lock', () => {
  test('accepts no object and no part without Content-MD5 or a checksum', async () => {
    const s3 = await S3Emulator.start({ objectLockDays: 1 });
    const client = new S3TestClient(s3);
    const refused = '400 InvalidRequest';
    expect((await client.call('PUT', 'k', { body: 'x' })).outcome).toBe(refused);
    const sha256 = createHash('sha256').update('x').digest('base64');
    expect((await client.call('PUT', 'k', { body: 'x', headers: { 'x-amz-checksum-sha256': sha256 } })).outcome).toBe(
      '200',
    );
    const id = await client.begin('parts');
    const query = { partNumber: '1', uploadId: id };
    const part = await client.call('PUT', 'parts', { query, body: 'x' });
    expect([part.outcome, elementText(part.text, 'Message')]).toEqual([refused, expect.stringContaining('Put Part')]);
    const headers = { 'content-md5': md5Base64('x') };
    expect((await client.call('PUT', 'parts', { query, body: 'x', headers })).outcome).toBe('200');
    await s3.stop();
  });

  test('keeps each version for its days: a delete hides it, removing the version is refused until then', async () => {
    const clock = new ManualClock({ nowMs: Date.now() });
    const s3 = await S3Emulator.start({ clock, objectLockDays: 1 });
    const client = new S3TestClient(s3);
    const putLocked = (parts: { readonly body: string }) =>
      client.call('PUT', 'k', { ...parts, headers: { 'content-md5': md5Base64(parts.body) } });
    const versionId = String((await putLocked({ body: 'x' })).headers['x-amz-version-id']);
    const { headers } = await client.call('HEAD', 'k');
    expect(headers['x-amz-object-lock-mode']).toBe('COMPLIANCE');
    expect(headers['x-amz-object-lock-retain-until-date']).toBe(new Date(clock.now() + 86_400_000).toISOString());
    const remove = () => client.call('DELETE', 'k', { query: { versionId } });
    expect((await remove()).outcome).toBe('403 AccessDenied');
    const body = `<Delete><Object><Key>k</Key><VersionId>${versionId}</VersionId></Object></Delete>`;
    const digest = { 'content-md5': createHash('md5').update(body).digest('base64') };
    const batch = await client.call('POST', undefined, { query: { delete: '' }, body, headers: digest });
    expect([batch.status, elementTexts(batch.text, 'Code')]).toEqual([200, ['AccessDenied']]);
    const marker = await client.call('DELETE', 'k');
    expect([marker.outcome, (await client.call('HEAD', 'k')).outcome]).toEqual(['204', '404']);
    const markerId = String(marker.headers['x-amz-version-id']);
    expect((await client.call('DELETE', 'k', { query: { versionId: markerId } })).outcome).toBe('204');
    expect((await client.call('GET', 'k')).text).toBe('x');
    clock.advance(86_399_999);
    expect((await remove()).outcome).toBe('403 AccessDenied');
    clock.advance(1);
    expect((await remove()).outcome).toBe('204');
    expect(s3.versionCount).toBe(0);
    await s3.stop();
  });

  test('needs versions', async () => {
    await expect(S3Emulator.start({ versioned: false, objectLockDays: 1 })).rejects.toThrow(TypeError);
  });
});

test('a bucket whose requesters pay refuses requests, signed URLs and forms that do not declare it', async () => {
  const s3 = await S3Emulator.start({ requesterPays: true });
  const client = new S3TestClient(s3);
  const pays = { 'x-amz-request-payer': 'requester' };
  expect((await client.call('PUT', 'k', { body: 'x' })).outcome).toBe('403 AccessDenied');
  expect((await client.call('PUT', 'k', { body: 'x', headers: { 'x-amz-request-payer': 'owner' } })).outcome).toBe(
    '403 AccessDenied',
  );
  expect((await client.call('PUT', 'k', { body: 'x', headers: pays })).outcome).toBe('200');
  expect((await client.call('GET', 'k', { query: pays })).text).toBe('x');
  expect((await postForm(s3, Date.now())).outcome).toBe('403 AccessDenied');
  const form = await postForm(s3, Date.now(), (one) => {
    setField(one, 'x-amz-request-payer', 'requester');
    one.conditions.push(pays);
  });
  expect(form.status).toBe(201);
  await s3.stop();
});

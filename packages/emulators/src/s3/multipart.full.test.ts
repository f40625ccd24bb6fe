import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText, elementTexts, sendRaw } from '../../test-support/send-raw.ts';
import { S3Emulator } from './s3-emulator.ts';

const MIN = 5 * 1024 * 1024;
let s3: S3Emulator;
let client: S3TestClient;

beforeEach(async () => {
  s3 = await S3Emulator.start();
  client = new S3TestClient(s3);
});
afterEach(() => s3.stop());

test('the named parts are joined in the order of their numbers, in whatever order they arrived', async () => {
  const [first, second] = [randomBytes(MIN), randomBytes(1000)];
  const id = await client.begin('k', { 'content-type': 'video/mp4', 'x-amz-meta-user': 'u' });
  const last = await client.putPart('k', id, 7, second);
  const begin = await client.putPart('k', id, 2, first);
  await client.putPart('k', id, 9, randomBytes(10));
  const answer = await client.complete('k', id, [
    [2, begin],
    [7, last],
  ]);
  const digests = [first, second].map((bytes) => createHash('md5').update(bytes).digest());
  const eTag = `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-2"`;
  expect(answer.status).toBe(200);
  expect(elementText(answer.text, 'ETag')).toBe(eTag.replaceAll('"', '&quot;'));
  expect(elementText(answer.text, 'Location')).toBe(`${s3.endpoint}/videos/k`);
  const { headers, bytes } = await client.call('GET', 'k');
  expect(bytes.equals(Buffer.concat([first, second]))).toBe(true);
  expect([headers['etag'], headers['content-type'], headers['x-amz-meta-user']]).toEqual([eTag, 'video/mp4', 'u']);
  const across = await client.call('GET', 'k', { headers: { range: `bytes=${MIN - 5}-${MIN + 4}` } });
  expect(across.bytes.equals(Buffer.concat([first.subarray(-5), second.subarray(0, 5)]))).toBe(true);
  expect(s3.pendingMultipartUploads).toBe(0);
});

test.each<[string, readonly (readonly [number, string])[], string]>([
  ['no parts', [], '400 MalformedXML'],
  [
    'a part that is too small and not the last',
    [
      [1, ''],
      [2, ''],
    ],
    '400 EntityTooSmall',
  ],
  [
    'a wrong order',
    [
      [2, ''],
      [1, ''],
    ],
    '400 InvalidPartOrder',
  ],
  [
    'a part twice',
    [
      [1, ''],
      [1, ''],
    ],
    '400 InvalidPartOrder',
  ],
  [
    'a part that was never sent',
    [
      [1, ''],
      [3, '"0"'],
    ],
    '400 InvalidPart',
  ],
  ['another ETag', [[1, '"00000000000000000000000000000000"']], '400 InvalidPart'],
])('%s', async (_name, wanted, expected) => {
  const id = await client.begin('k');
  const eTags = [
    await client.putPart('k', id, 1, new Uint8Array(1000)),
    await client.putPart('k', id, 2, new Uint8Array(1)),
  ];
  const parts = wanted.map(([number, eTag]) => [number, eTag || (eTags[number - 1] ?? '')] as const);
  expect((await client.complete('k', id, parts)).outcome).toBe(expected);
  // After the refusal the upload still exists.
  expect((await client.complete('k', id, [[1, eTags[0] ?? '']])).outcome).toBe('200');
});

test('a part of 5 MiB is large enough, one byte less is not', async () => {
  const id = await client.begin('k');
  const tail = await client.putPart('k', id, 2, new Uint8Array(1));
  const short = await client.putPart('k', id, 1, new Uint8Array(MIN - 1));
  const refused = await client.complete('k', id, [
    [1, short],
    [2, tail],
  ]);
  expect([refused.outcome, elementText(refused.text, 'PartNumber')]).toEqual(['400 EntityTooSmall', '1']);
  const enough = await client.putPart('k', id, 1, new Uint8Array(MIN));
  expect(
    (
      await client.complete('k', id, [
        [1, short],
        [2, tail],
      ])
    ).outcome,
  ).toBe('400 InvalidPart');
  expect(
    (
      await client.complete('k', id, [
        [1, enough],
        [2, tail],
      ])
    ).outcome,
  ).toBe('200');
});

test.each([
  ['0', '400 InvalidArgument'],
  ['10001', '400 InvalidArgument'],
  ['1.5', '400 InvalidArgument'],
  ['x', '400 InvalidArgument'],
  ['10000', '200'],
  ['1', '200'],
  ['1e3', '400 InvalidArgument'],
  [' 1', '400 InvalidArgument'],
  ['0x10', '400 InvalidArgument'],
  ['1.0', '400 InvalidArgument'],
])('part number %s', async (partNumber, expected) => {
  const query = { partNumber, uploadId: await client.begin('k') };
  expect((await client.call('PUT', 'k', { query, body: 'x' })).outcome).toBe(expected);
});

test('after an abort, after completing, and by another key, there is no such upload', async () => {
  const id = await client.begin('k');
  const eTag = await client.putPart('k', id, 1, new Uint8Array(1));
  expect(await client.putPart('other', id, 1, new Uint8Array(1))).toBe('404 NoSuchUpload');
  expect((await client.call('DELETE', 'k', { query: { uploadId: id } })).outcome).toBe('204');
  const gone = ['DELETE', 'GET'].map((method) => client.call(method, 'k', { query: { uploadId: id } }));
  for (const answer of await Promise.all(gone)) expect(answer.outcome).toBe('404 NoSuchUpload');
  expect(await client.putPart('k', id, 1, new Uint8Array(1))).toBe('404 NoSuchUpload');
  expect((await client.complete('k', id, [[1, eTag]])).outcome).toBe('404 NoSuchUpload');
  const next = await client.begin('k');
  const part = await client.putPart('k', next, 1, new Uint8Array(1));
  expect((await client.complete('k', next, [[1, part]])).outcome).toBe('200');
  expect((await client.complete('k', next, [[1, part]])).outcome).toBe('404 NoSuchUpload');
});

test('the declared size and create-if-absent are checked; after a refusal the parts stay', async () => {
  const id = await client.begin('k');
  const parts = [[1, await client.putPart('k', id, 1, new Uint8Array(10))]] as const;
  for (const size of ['11', '9', 'x']) {
    const answer = await client.complete('k', id, parts, { 'x-amz-mp-object-size': size });
    expect(answer.outcome).toBe('400 InvalidRequest');
  }
  await client.call('PUT', 'k', { body: 'first' });
  expect((await client.complete('k', id, parts, { 'if-none-match': '*' })).outcome).toBe('412 PreconditionFailed');
  expect((await client.call('GET', 'k')).text).toBe('first');
  await client.call('DELETE', 'k');
  const both = { 'if-none-match': '*', 'x-amz-mp-object-size': '10' };
  expect((await client.complete('k', id, parts, both)).outcome).toBe('200');
});

test('two simultaneous completes give one object, and the other answer is that the upload is gone', async () => {
  const id = await client.begin('k');
  const parts = [[1, await client.putPart('k', id, 1, new Uint8Array(MIN))]] as const;
  const answers = await Promise.all([1, 2, 3].map(() => client.complete('k', id, parts)));
  expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['200', '404 NoSuchUpload', '404 NoSuchUpload']);
  expect((await client.call('HEAD', 'k')).headers['content-length']).toBe(String(MIN));
});

test('of two uploads of one key with create-if-absent, one succeeds', async () => {
  const complete = async () => {
    const id = await client.begin('k');
    const parts = [[1, await client.putPart('k', id, 1, new Uint8Array(MIN))]] as const;
    return () => client.complete('k', id, parts, { 'if-none-match': '*' });
  };
  const [one, other] = [await complete(), await complete()];
  const answers = await Promise.all([one(), other()]);
  expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['200', '412 PreconditionFailed']);
});

test('ListParts is returned page by page, and refuses invalid parameters', async () => {
  const uploadId = await client.begin('k');
  for (const number of [3, 1, 2]) await client.putPart('k', uploadId, number, new Uint8Array(number));
  const page = async (query: Record<string, string>) => {
    const { text, outcome } = await client.call('GET', 'k', { query: { uploadId, ...query } });
    const [next, isTruncated] = [elementText(text, 'NextPartNumberMarker'), elementText(text, 'IsTruncated')];
    return [elementTexts(text, 'PartNumber').join(), elementTexts(text, 'Size').join(), next, isTruncated, outcome];
  };
  expect(await page({ 'max-parts': '2' })).toEqual(['1,2', '1,2', '2', 'true', '200']);
  expect(await page({ 'max-parts': '2', 'part-number-marker': '2' })).toEqual(['3', '3', '3', 'false', '200']);
  expect((await page({ 'max-parts': '-1' })).at(-1)).toBe('400 InvalidArgument');
  expect((await page({ 'part-number-marker': 'x' })).at(-1)).toBe('400 InvalidArgument');
});

test('ListMultipartUploads lists unfinished uploads, by key, page by page', async () => {
  for (const key of ['b/1', 'a/2', 'a/1', 'a/1']) await client.begin(key);
  const page = async (query: Record<string, string>) => {
    const { text } = await client.call('GET', undefined, { query: { uploads: '', ...query } });
    return {
      keys: elementTexts(text, 'Key'),
      query: {
        'key-marker': elementText(text, 'NextKeyMarker') ?? '',
        'upload-id-marker': elementText(text, 'NextUploadIdMarker') ?? '',
      },
    };
  };
  expect((await page({ prefix: 'a/' })).keys).toEqual(['a/1', 'a/1', 'a/2']);
  const first = await page({ 'max-uploads': '1' });
  const second = await page({ 'max-uploads': '1', ...first.query });
  const third = await page({ 'max-uploads': '5', ...second.query });
  expect([first.keys, second.keys, third.keys]).toEqual([['a/1'], ['a/1'], ['a/2', 'b/1']]);
});

test('a presigned part is bound to upload, number and length', async () => {
  const uploadId = await client.begin('k');
  const query = { partNumber: '1', uploadId };
  const target = client.presign('PUT', 'k', { query, headers: { 'content-length': '10' } });
  const put = (to: string, size: number) => sendRaw(s3.endpoint, 'PUT', to, {}, new Uint8Array(size));
  expect((await put(target, 11)).outcome).toBe('403 SignatureDoesNotMatch');
  expect((await put(target.replace('partNumber=1', 'partNumber=2'), 10)).outcome).toBe('403 SignatureDoesNotMatch');
  expect((await put(target.replace(uploadId, await client.begin('k')), 10)).outcome).toBe('403 SignatureDoesNotMatch');
  expect((await put(target, 10)).headers['etag']).toMatch(/^"[0-9a-f]{32}"$/);
});

test('an error inside an answer of 200 can be scripted', async () => {
  const id = await client.begin('k');
  const parts = [[1, await client.putPart('k', id, 1, new Uint8Array(1))]] as const;
  const body = '<?xml version="1.0"?><Error><Code>InternalError</Code></Error>';
  s3.failNext({ kind: 'status', status: 200, body }, { matches: ({ method }) => method === 'POST' });
  expect((await client.complete('k', id, parts)).outcome).toBe('200 InternalError');
  expect(s3.keys).toEqual([]);
  expect((await client.complete('k', id, parts)).outcome).toBe('200');
});

test('an upload cannot be begun without a key', async () => {
  expect((await client.call('POST', undefined, { query: { uploads: '' } })).outcome).toBe('405 MethodNotAllowed');
});

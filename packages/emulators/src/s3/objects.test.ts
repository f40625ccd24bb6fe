import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText, elementTexts, sendRaw } from '../../test-support/send-raw.ts';
import { startCrc32c, startCrc64Nvme } from './crc.ts';
import { S3Emulator } from './s3-emulator.ts';

let s3: S3Emulator;
let client: S3TestClient;

beforeEach(async () => {
  s3 = await S3Emulator.start();
  client = new S3TestClient(s3);
});
afterEach(() => s3.stop());

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('reading', () => {
  beforeEach(() => client.call('PUT', 'k', { body: '0123456789' }));

  test.each<[string, number, string, string | undefined]>([
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=7-99', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=5-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=0-1', 200, '0123456789', undefined],
    ['bytes=x', 200, '0123456789', undefined],
  ])('Range: %s', async (range, status, text, contentRange) => {
    const answer = await client.call('GET', 'k', { headers: { range } });
    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([status, text, contentRange]);
    const head = await client.call('HEAD', 'k', { headers: { range } });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([status, '', String(text.length)]);
  });

  test.each(['bytes=10-', 'bytes=10-20', `bytes=${'9'.repeat(400)}-`, 'bytes=-0'])(
    'Range: %s cannot be satisfied',
    async (range) => {
      const answer = await client.call('GET', 'k', { headers: { range } });
      expect([answer.outcome, answer.headers['content-range']]).toEqual(['416 InvalidRange', 'bytes */10']);
      expect(elementText(answer.text, 'ActualObjectSize')).toBe('10');
    },
  );

  test('conditions', async () => {
    const eTag = `"${md5('0123456789')}"`;
    const get = (headers: Record<string, string>) => client.call('GET', 'k', { headers });
    expect((await get({ 'if-none-match': eTag })).outcome).toBe('304');
    expect((await get({ 'if-none-match': '"other"' })).outcome).toBe('200');
    expect((await get({ 'if-match': eTag })).outcome).toBe('200');
    expect((await get({ 'if-match': '"other"' })).outcome).toBe('412 PreconditionFailed');
    for (const tags of ['*', `"other", ${eTag}`]) {
      expect((await get({ 'if-match': tags })).outcome).toBe('200');
      expect((await get({ 'if-none-match': tags })).outcome).toBe('304');
    }
    expect(elementText((await get({ 'if-match': '"other"' })).text, 'Condition')).toBe('If-Match');
    // A client that has the object already gets 304, whatever range it asks for.
    expect((await get({ 'if-none-match': eTag, range: 'bytes=10-' })).outcome).toBe('304');
  });

  test('conditions by date count when no ETag is compared; an invalid date does not count', async () => {
    const eTag = `"${md5('0123456789')}"`;
    const { headers } = await client.call('HEAD', 'k');
    const stored = String(headers['last-modified']);
    const earlier = new Date(Date.parse(stored) - 1000).toUTCString();
    const outcome = async (asked: Record<string, string>) =>
      (await client.call('GET', 'k', { headers: asked })).outcome;
    expect(await outcome({ 'if-modified-since': stored })).toBe('304');
    expect(await outcome({ 'if-modified-since': earlier })).toBe('200');
    expect(await outcome({ 'if-modified-since': 'never' })).toBe('200');
    expect(await outcome({ 'if-modified-since': stored, 'if-none-match': '"other"' })).toBe('200');
    expect(await outcome({ 'if-unmodified-since': stored })).toBe('200');
    expect(await outcome({ 'if-unmodified-since': earlier })).toBe('412 PreconditionFailed');
    expect(await outcome({ 'if-unmodified-since': 'never' })).toBe('200');
    expect(await outcome({ 'if-unmodified-since': earlier, 'if-match': eTag })).toBe('200');
  });

  test('an empty object', async () => {
    await client.call('PUT', 'empty');
    const answer = await client.call('GET', 'empty');
    expect([answer.status, answer.headers['content-length'], answer.text]).toEqual([200, '0', '']);
    expect((await client.call('GET', 'empty', { headers: { range: 'bytes=0-' } })).outcome).toBe('416 InvalidRange');
  });

  test('a missing object: HEAD has no body, GET has a code, and each has a request id', async () => {
    const [head, get] = [await client.call('HEAD', 'none'), await client.call('GET', 'none')];
    expect([head.outcome, head.text]).toEqual(['404', '']);
    expect([get.outcome, elementText(get.text, 'Key')]).toEqual(['404 NoSuchKey', 'none']);
    expect(elementText(get.text, 'RequestId')).toBe(get.headers['x-amz-request-id']);
    for (const { headers } of [head, get]) {
      expect(headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
      expect(headers['x-amz-id-2']).toBeDefined();
    }
    expect((await client.callPath('GET', '/none/k')).outcome).toBe('404 NoSuchBucket');
  });
});

describe('writing', () => {
  test('headers and metadata come back as they were stored', async () => {
    const headers = {
      'cache-control': 'max-age=60',
      'content-disposition': 'inline',
      'content-encoding': 'gzip',
      'content-language': 'de',
      'content-type': 'video/mp4',
      'x-amz-meta-user': 'u',
    };
    await client.call('PUT', 'k', { body: 'x', headers });
    expect((await client.call('HEAD', 'k')).headers).toMatchObject({ ...headers, etag: `"${md5('x')}"` });
    await client.call('PUT', 'plain', { body: 'x' });
    expect((await client.call('HEAD', 'plain')).headers['content-type']).toBe('binary/octet-stream');
  });

  test('conditions', async () => {
    const put = (headers: Record<string, string>) => client.call('PUT', 'k', { body: 'x', headers });
    expect((await put({ 'if-match': '"x"' })).outcome).toBe('404 NoSuchKey');
    expect((await put({ 'if-none-match': '*' })).outcome).toBe('200');
    expect((await put({ 'if-none-match': '*' })).outcome).toBe('412 PreconditionFailed');
    expect((await put({ 'if-match': '"x"' })).outcome).toBe('412 PreconditionFailed');
    expect((await put({ 'if-match': `"${md5('x')}"` })).outcome).toBe('200');
    expect((await put({ 'if-none-match': '"x"' })).outcome).toBe('501 NotImplemented');
  });

  test('create-if-absent is atomic: of twenty simultaneous calls exactly one writes, with or without versions', async () => {
    const versioned = await S3Emulator.start({ versioned: true });
    for (const store of [s3, versioned]) {
      const user = new S3TestClient(store);
      const put = (body: string) => user.call('PUT', 'k', { body, headers: { 'if-none-match': '*' } });
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => put(`${index}`)));
      const winner = answers.findIndex(({ outcome }) => outcome === '200');
      expect(answers.filter(({ outcome }) => outcome === '200')).toHaveLength(1);
      expect(answers.filter(({ outcome }) => outcome === '412 PreconditionFailed')).toHaveLength(19);
      expect([(await user.call('GET', 'k')).text, store.versionCount]).toEqual([String(winner), 1]);
    }
    await versioned.stop();
  });

  const big = Buffer.alloc(8);
  big.writeBigUInt64BE(0xae8b14860a799888n);
  test.each<[string, string]>([
    ['content-md5', createHash('md5').update('123456789').digest('base64')],
    ['x-amz-checksum-crc32', Buffer.from('cbf43926', 'hex').toString('base64')],
    ['x-amz-checksum-crc32c', Buffer.from('e3069283', 'hex').toString('base64')],
    ['x-amz-checksum-crc64nvme', big.toString('base64')],
    ['x-amz-checksum-sha1', createHash('sha1').update('123456789').digest('base64')],
    ['x-amz-checksum-sha256', createHash('sha256').update('123456789').digest('base64')],
  ])('%s: a correct one is accepted, a wrong one refused, for an object and for a part', async (name, right) => {
    const put = (body: string) => client.call('PUT', 'k', { body, headers: { [name]: right } });
    expect((await put('123456780')).outcome).toBe('400 BadDigest');
    expect(s3.keys).toEqual([]);
    const answer = await put('123456789');
    expect([answer.outcome, answer.headers[name]]).toEqual(['200', name === 'content-md5' ? undefined : right]);
    const query = { partNumber: '1', uploadId: await client.begin('k') };
    const part = (body: string) => client.call('PUT', 'k', { body, query, headers: { [name]: right } });
    expect([(await part('other')).outcome, (await part('123456789')).outcome]).toEqual(['400 BadDigest', '200']);
  });

  test('digests that are malformed, or of an unknown algorithm', async () => {
    const put = (headers: Record<string, string>) => client.call('PUT', 'k', { body: 'x', headers });
    expect((await put({ 'content-md5': 'x' })).outcome).toBe('400 InvalidDigest');
    expect((await put({ 'x-amz-checksum-xxhash3': 'x' })).outcome).toBe('501 NotImplemented');
    expect((await put({ 'x-amz-checksum-crc32': 'x' })).outcome).toBe('400 BadDigest');
    expect(s3.keys).toEqual([]);
  });

  test('a checksum does not depend on the pieces in which a body arrives', () => {
    const bytes = Buffer.from('a body of some length, in pieces');
    for (const start of [startCrc32c, startCrc64Nvme]) {
      const [whole, pieces] = [start(), start()];
      whole.update(bytes);
      for (const byte of bytes) pieces.update(Uint8Array.of(byte));
      expect(pieces.digest()).toBe(whole.digest());
    }
  });

  test('a PUT without a size is refused', async () => {
    const target = client.presign('PUT', 'k');
    const chunked = await sendRaw(s3.endpoint, 'PUT', target, { 'transfer-encoding': 'chunked' }, 'x');
    expect(chunked.outcome).toBe('411 MissingContentLength');
  });

  test('acl, and subresources that are not emulated, are refused and not confused with other calls', async () => {
    await client.call('PUT', 'k', { body: 'first' });
    const put = (parts: object) => client.call('PUT', 'k', { body: 'x', ...parts });
    expect((await put({ headers: { 'x-amz-acl': 'public-read' } })).outcome).toBe('400 AccessControlListNotSupported');
    expect((await put({ headers: { 'x-amz-grant-read': 'id=1' } })).outcome).toBe('400 AccessControlListNotSupported');
    const query = { partNumber: '1', uploadId: await client.begin('k') };
    const part = await put({ query, headers: { 'x-amz-copy-source': '/videos/k' } });
    expect(part.outcome).toBe('501 NotImplemented');
    expect((await client.call('DELETE', 'k', { headers: { 'if-match': '"x"' } })).outcome).toBe('501 NotImplemented');
    for (const name of ['acl', 'tagging', 'retention', 'legal-hold']) {
      expect((await put({ query: { [name]: '' } })).outcome).toBe('501 NotImplemented');
      expect((await client.call('DELETE', 'k', { query: { [name]: '' } })).outcome).toBe('501 NotImplemented');
    }
    for (const name of ['cors', 'policy', 'location', 'versioning']) {
      expect((await client.call('GET', undefined, { query: { [name]: '' } })).outcome).toBe('501 NotImplemented');
    }
    for (const [method, key] of [
      ['POST', 'k'],
      ['PATCH', 'k'],
    ] as const) {
      expect((await client.call(method, key)).outcome).toBe('405 MethodNotAllowed');
    }
    expect((await client.call('GET', 'k')).text).toBe('first');
  });
});

describe('are refused in headers and in the query of a presigned URL, in upper or lower case', () => {
  const calls = [
    ['PUT', {}, {}],
    ['PUT', { 'x-amz-copy-source': '/videos/k' }, {}],
    ['POST', {}, { uploads: '' }],
  ] as const;

  test.each(calls)(
    '%s with headers %j and query %j needs an ACL, or something that is not emulated',
    async (method, headers, query) => {
      await client.call('PUT', 'k', { body: 'first' });
      for (const [name, outcome] of [
        ['x-amz-acl', '400 AccessControlListNotSupported'],
        ['x-amz-tagging', '501 NotImplemented'],
      ] as const) {
        const inHeaders = await client.call(method, 'k2', { headers: { ...headers, [name]: 'public-read' }, query });
        expect(inHeaders.outcome).toBe(outcome);
        for (const spelt of [name, name.toUpperCase()]) {
          const url = client.presign(method, 'k2', { headers, query: { ...query, [spelt]: 'public-read' } });
          expect((await sendRaw(s3.endpoint, method, url, headers, '')).outcome).toBe(outcome);
        }
      }
      expect(s3.keys).toEqual(['k']);
    },
  );

  test('DELETE has a condition', async () => {
    await client.call('PUT', 'k', { body: 'first' });
    const url = client.presign('DELETE', 'k', { query: { 'X-Amz-If-Match-Size': '9' } });
    expect((await sendRaw(s3.endpoint, 'DELETE', url, {}, '')).outcome).toBe('501 NotImplemented');
    expect(s3.keys).toEqual(['k']);
  });
});

describe('removing', () => {
  const crc = (text: string) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(text));
    return { 'x-amz-checksum-crc32': bytes.toString('base64') };
  };
  const deleteAll = (body: string, headers: Record<string, string> = crc(body)) =>
    client.call('POST', undefined, { query: { delete: '' }, body, headers });

  test('several at once: refusals are reported key by key', async () => {
    for (const key of ['a', ' b&<c> ', 'kept']) await client.call('PUT', key, { body: 'x' });
    s3.undeletableKeys.add('kept');
    const keys = ['a', ' b&amp;&lt;c&gt; ', 'kept', 'none'];
    const answer = await deleteAll(
      `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`,
    );
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<Error><Key>kept</Key><Code>AccessDenied</Code>');
    expect(elementTexts(answer.text, 'Key')).toEqual(['a', ' b&amp;&lt;c&gt; ', 'none', 'kept']);
    expect(s3.keys).toEqual(['kept']);
    const quiet = await deleteAll('<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>');
    expect(elementTexts(quiet.text, 'Key')).toEqual([]);
  });

  test('with a condition is refused, for one key and for several: an ignored condition would delete too much', async () => {
    await client.call('PUT', 'k', { body: 'x' });
    for (const condition of ['<ETag>"other"</ETag>', '<Size>9</Size>', '<LastModifiedTime>x</LastModifiedTime>']) {
      const answer = await deleteAll(`<Delete><Object><Key>k</Key>${condition}</Object></Delete>`);
      expect(answer.outcome).toBe('501 NotImplemented');
    }
    for (const name of ['if-match', 'x-amz-if-match-size', 'x-amz-if-match-last-modified-time']) {
      expect((await client.call('DELETE', 'k', { headers: { [name]: '1' } })).outcome).toBe('501 NotImplemented');
    }
    expect(s3.keys).toEqual(['k']);
  });

  test('accepts a thousand keys, not one more, and never without a digest or with a wrong one', async () => {
    const list = (count: number) => `<Delete>${'<Object><Key>k</Key></Object>'.repeat(count)}</Delete>`;
    expect((await deleteAll(list(1000))).outcome).toBe('200');
    expect((await deleteAll(list(1001))).outcome).toBe('400 MalformedXML');
    expect((await deleteAll(list(0))).outcome).toBe('400 MalformedXML');
    expect((await deleteAll(list(1), {})).outcome).toBe('400 InvalidRequest');
    expect((await deleteAll(list(1), crc('other'))).outcome).toBe('400 BadDigest');
    expect(
      (await deleteAll(list(1), { 'content-md5': createHash('md5').update(list(1)).digest('base64') })).outcome,
    ).toBe('200');
  });
});

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText, elementTexts } from '../../test-support/send-raw.ts';
import { S3Emulator } from './s3-emulator.ts';

let s3: S3Emulator;
let client: S3TestClient;

describe('a list of objects', () => {
  beforeEach(async () => {
    s3 = await S3Emulator.start();
    client = new S3TestClient(s3);
    for (const key of ['b', 'a/2', 'a/1', 'a/x/1', 'Z', 'é', 'ÿ', '\u{10000}', '\u{ff5e}'])
      await client.call('PUT', key);
  });
  afterEach(() => s3.stop());

  const list = async (query: Record<string, string> = {}) => {
    const { text, outcome } = await client.call('GET', undefined, { query: { 'list-type': '2', ...query } });
    const keys = elementTexts(text, 'Key');
    const groups = [...text.matchAll(/<CommonPrefixes><Prefix>([^<]*)</g)].map(([, group]) => group);
    const next = elementText(text, 'NextContinuationToken');
    return {
      keys,
      groups,
      next,
      outcome,
      count: elementText(text, 'KeyCount'),
      more: elementText(text, 'IsTruncated'),
    };
  };

  test('is sorted by the bytes of UTF-8', async () => {
    expect((await list()).keys).toEqual(['Z', 'a/1', 'a/2', 'a/x/1', 'b', 'é', 'ÿ', '\u{ff5e}', '\u{10000}']);
  });

  test('is returned page by page, to its end', async () => {
    const all: string[] = [];
    let page = await list({ 'max-keys': '2' });
    for (; page.next !== undefined; page = await list({ 'max-keys': '2', 'continuation-token': page.next })) {
      expect([page.count, page.more]).toEqual(['2', 'true']);
      all.push(...page.keys);
    }
    expect([...all, ...page.keys]).toEqual((await list()).keys);
    expect([page.count, page.more]).toEqual(['1', 'false']);
  });

  test('may be limited by a prefix, begin after a key, or be empty', async () => {
    expect((await list({ prefix: 'a/' })).keys).toEqual(['a/1', 'a/2', 'a/x/1']);
    expect((await list({ prefix: 'a/', 'start-after': 'a/1' })).keys).toEqual(['a/2', 'a/x/1']);
    expect(await list({ 'max-keys': '0' })).toMatchObject({ keys: [], count: '0', more: 'false' });
    expect(await list({ prefix: 'none' })).toMatchObject({ keys: [], count: '0', more: 'false', outcome: '200' });
  });

  test('groups keys by a delimiter: each group counts once, like one key', async () => {
    const whole = await list({ delimiter: '/' });
    expect([whole.groups, whole.keys[0], whole.count]).toEqual([['a/'], 'Z', '7']);
    expect(await list({ delimiter: '/', prefix: 'a/' })).toMatchObject({ keys: ['a/1', 'a/2'], groups: ['a/x/'] });
    const [first] = [await list({ delimiter: '/', 'max-keys': '2' })];
    expect(first).toMatchObject({ keys: ['Z'], groups: ['a/'], more: 'true' });
    const second = await list({ delimiter: '/', 'max-keys': '2', 'continuation-token': first.next ?? '' });
    expect(second).toMatchObject({ keys: ['b', 'é'], groups: [] });
    expect((await list({ delimiter: '/', 'start-after': 'a/1' })).groups).toEqual(['a/']);
  });

  test('has percent-encoded names when XML cannot contain them', async () => {
    await client.call('PUT', 'a/\u0001 &');
    expect((await list({ prefix: 'a/\u0001', 'encoding-type': 'url' })).keys).toEqual(['a/%01+%26']);
  });

  test('is encoded as in a form, so that a client that decodes them like paths fails', async () => {
    await client.call('PUT', 'x/file (3)+*~é.mp4');
    expect((await list({ prefix: 'x/', 'encoding-type': 'url' })).keys).toEqual(['x/file+%283%29%2B%2A~%C3%A9.mp4']);
    expect((await list({ prefix: 'x/' })).keys).toEqual(['x/file (3)+*~é.mp4']);
  });

  test.each([
    { 'max-keys': 'x' },
    { 'max-keys': '-1' },
    { 'continuation-token': 'a b' },
    { 'continuation-token': '____' },
    { 'encoding-type': 'base64' },
  ])('refuses %o', async (query) => {
    expect((await list(query as Record<string, string>)).outcome).toBe('400 InvalidArgument');
  });

  test('version 1 continues after a key, and has `NextMarker` only with a delimiter', async () => {
    for (const key of ['v1/a', 'v1/b/1', 'v1/b/2', 'v1/c']) await client.call('PUT', key, { body: 'x' });
    const page = async (query: Record<string, string>) => {
      const { text } = await client.call('GET', undefined, { query: { prefix: 'v1/', ...query } });
      const prefixes = elementTexts(text, 'Prefix').slice(1);
      return [elementTexts(text, 'Key'), prefixes, elementText(text, 'NextMarker'), elementText(text, 'IsTruncated')];
    };
    expect(await page({ 'max-keys': '2' })).toEqual([['v1/a', 'v1/b/1'], [], undefined, 'true']);
    expect(await page({ 'max-keys': '2', marker: 'v1/b/1' })).toEqual([['v1/b/2', 'v1/c'], [], undefined, 'false']);
    expect(await page({ 'max-keys': '2', delimiter: '/' })).toEqual([['v1/a'], ['v1/b/'], 'v1/b/', 'true']);
    expect(await page({ marker: 'v1/b/', delimiter: '/' })).toEqual([['v1/c'], [], undefined, 'false']);
  });

  test('uploads of one key are listed page by page, each once', async () => {
    const ids = [await client.begin('again'), await client.begin('again'), await client.begin('again')];
    const seen: string[] = [];
    let marker: Readonly<Record<string, string>> = {};
    for (let page = 0; page < 3; page++) {
      const { text } = await client.call('GET', undefined, {
        query: { uploads: '', prefix: 'again', 'max-uploads': '1', ...marker },
      });
      seen.push(...elementTexts(text, 'UploadId'));
      expect(elementText(text, 'IsTruncated')).toBe(String(page < 2));
      marker = { 'key-marker': 'again', 'upload-id-marker': seen.at(-1) ?? '' };
    }
    expect(seen).toEqual([...ids].sort());
  });

  test.each<[string, Record<string, string>]>([
    ['objects', { 'list-type': '2' }],
    ['objects, version 1', {}],
    ['versions', { versions: '' }],
    ['uploads', { uploads: '' }],
  ])('the list of %s can be made endless', async (_name, query) => {
    s3.endlessLists = true;
    const { text } = await client.call('GET', undefined, { query });
    s3.endlessLists = false;
    expect(elementText(text, 'IsTruncated')).toBe('true');
    expect(elementText((await client.call('GET', undefined, { query })).text, 'IsTruncated')).toBe('false');
  });
});

describe('a versioned bucket', () => {
  beforeEach(async () => {
    s3 = await S3Emulator.start({ versioned: true });
    client = new S3TestClient(s3);
  });
  afterEach(() => s3.stop());

  const put = async (key: string, body: string) =>
    String((await client.call('PUT', key, { body })).headers['x-amz-version-id']);
  const versions = async (query: Record<string, string> = {}) => {
    const { text } = await client.call('GET', undefined, { query: { versions: '', ...query } });
    return { ids: elementTexts(text, 'VersionId'), text };
  };

  test('keeps overwritten and deleted objects', async () => {
    const [first, second] = [await put('k', 'first'), await put('k', 'second')];
    expect((await client.call('GET', 'k')).text).toBe('second');
    expect((await client.call('GET', 'k', { query: { versionId: first } })).text).toBe('first');
    const removed = await client.call('DELETE', 'k');
    const marker = String(removed.headers['x-amz-version-id']);
    expect([removed.status, removed.headers['x-amz-delete-marker']]).toEqual([204, 'true']);
    const gone = await client.call('GET', 'k');
    expect([gone.outcome, gone.headers['x-amz-delete-marker'], gone.headers['x-amz-version-id']]).toEqual([
      '404 NoSuchKey',
      'true',
      marker,
    ]);
    expect((await client.call('HEAD', 'k')).outcome).toBe('404');
    expect((await client.call('GET', 'k', { query: { versionId: marker } })).outcome).toBe('405 MethodNotAllowed');
    expect((await client.call('GET', 'k', { query: { versionId: 'none' } })).outcome).toBe('404 NoSuchVersion');
    expect((await client.call('GET', 'k', { query: { versionId: second } })).text).toBe('second');
    const { ids, text } = await versions();
    expect(new Set(ids)).toEqual(new Set([first, second, marker]));
    expect(text).toContain(`<DeleteMarker><Key>k</Key><VersionId>${marker}</VersionId><IsLatest>true</IsLatest>`);
    const unmarked = await client.call('DELETE', 'k', { query: { versionId: marker } });
    expect(unmarked.headers['x-amz-delete-marker']).toBe('true');
    expect((await client.call('GET', 'k')).text).toBe('second');
  });

  test('is empty only when every version is removed', async () => {
    const ids = [await put('k', '1'), await put('k', '2')];
    for (const versionId of ids) await client.call('DELETE', 'k', { query: { versionId } });
    expect(s3.versionCount).toBe(0);
    expect((await client.call('DELETE', 'k', { query: { versionId: 'none' } })).outcome).toBe('204');
  });

  test('lists versions newest first, page by page, even when the versions of a page are gone', async () => {
    const ids = [await put('a', '1'), await put('a', '2'), await put('a', '3'), await put('b', '4')];
    const [one, two, three, four] = ids;
    const page = await versions({ 'max-keys': '2' });
    expect(page.ids.slice(0, 2)).toEqual([three, two]);
    const markers = {
      'key-marker': elementText(page.text, 'NextKeyMarker') ?? '',
      'version-id-marker': elementText(page.text, 'NextVersionIdMarker') ?? '',
    };
    expect((await versions({ 'max-keys': '2', ...markers })).ids).toEqual([one, four]);
    for (const versionId of [three, two]) await client.call('DELETE', 'a', { query: { versionId: versionId ?? '' } });
    expect((await versions({ 'max-keys': '2', ...markers })).ids).toEqual([one, four]);
    expect((await versions({ 'key-marker': 'a' })).ids).toEqual([four]);
  });

  test('reports markers and versions of deletes in bulk', async () => {
    const id = await put('k', '1');
    const remove = async (object: string) => {
      const body = `<Delete><Object><Key>k</Key>${object}</Object></Delete>`;
      const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
      return (await client.call('POST', undefined, { query: { delete: '' }, body, headers })).text;
    };
    expect(elementText(await remove(''), 'DeleteMarker')).toBe('true');
    expect(s3.versionCount).toBe(2);
    expect(elementText(await remove(`<VersionId>${id}</VersionId>`), 'VersionId')).toBe(id);
    expect(s3.versionCount).toBe(1);
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText } from '../../test-support/send-raw.ts';
import { S3Emulator } from './s3-emulator.ts';

const quoted = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;
const OTHER = quoted('other');
let s3: S3Emulator;
let client: S3TestClient;

beforeEach(async () => {
  s3 = await S3Emulator.start({ clock: new ManualClock({ nowMs: Date.parse('2026-11-25T10:00:00.500Z') }) });
  client = new S3TestClient(s3);
  await client.call('PUT', 'from', {
    body: 'film',
    headers: { 'content-type': 'video/mp4', 'cache-control': 'private', 'x-amz-meta-user': 'u' },
  });
});
afterEach(() => s3.stop());

const copy = (headers: Record<string, string> = {}, to = 'to', source = '/videos/from') =>
  client.call('PUT', to, { headers: { 'x-amz-copy-source': source, ...headers } });

test('the bytes, the type and the metadata are those of the source', async () => {
  const answer = await copy({ 'content-type': 'text/plain', 'x-amz-meta-user': 'ignored' });
  expect([answer.outcome, elementText(answer.text, 'ETag')]).toEqual(['200', quoted('film').replaceAll('"', '&quot;')]);
  expect(elementText(answer.text, 'LastModified')).toBe('2026-11-25T10:00:00.500Z');
  const { text, headers } = await client.call('GET', 'to');
  expect([text, headers['content-type'], headers['cache-control'], headers['x-amz-meta-user']]).toEqual([
    'film',
    'video/mp4',
    'private',
    'u',
  ]);
});

test('a copy stays when its source is deleted or overwritten, and the other way round', async () => {
  await copy();
  await copy({}, 'second', '/videos/to');
  await client.call('PUT', 'from', { body: 'other' });
  await client.call('DELETE', 'to');
  const texts = await Promise.all(['from', 'to', 'second'].map(async (key) => (await client.call('GET', key)).outcome));
  expect(texts).toEqual(['200', '404 NoSuchKey', '200']);
  expect((await client.call('GET', 'second')).text).toBe('film');
});

test('REPLACE takes type and metadata from the request, and nothing from the source', async () => {
  await copy({ 'x-amz-metadata-directive': 'REPLACE', 'content-type': 'video/webm', 'x-amz-meta-new': 'n' });
  const { headers } = await client.call('HEAD', 'to');
  expect(headers).toMatchObject({ 'content-type': 'video/webm', 'x-amz-meta-new': 'n' });
  expect([headers['x-amz-meta-user'], headers['cache-control']]).toEqual([undefined, undefined]);
  expect((await copy({ 'x-amz-metadata-directive': 'MERGE' })).outcome).toBe('400 InvalidArgument');
});

test('onto itself is allowed only with a change', async () => {
  const itself = (headers: Record<string, string> = {}) => copy(headers, 'from');
  expect((await itself()).outcome).toBe('400 InvalidRequest');
  expect((await itself({ 'x-amz-metadata-directive': 'REPLACE' })).outcome).toBe('200');
  expect((await itself({ 'x-amz-storage-class': 'STANDARD_IA' })).outcome).toBe('200');
  expect((await itself({ 'x-amz-server-side-encryption': 'aws:kms' })).outcome).toBe('200');
  expect((await client.call('GET', 'from')).text).toBe('film');
});

test.each<[string, string]>([
  ['videos/from', '200'],
  ['/videos/%66rom', '200'],
  ['/videos/none', '404 NoSuchKey'],
  ['/none/from', '404 NoSuchBucket'],
  ['/videos/from?versionId=none', '404 NoSuchVersion'],
  ['/videos/from?versionId=null', '200'],
  ['/videos/%zz', '400 InvalidURI'],
  ['/videos/', '400 InvalidArgument'],
  ['from', '400 InvalidArgument'],
])('of %s: %s', async (source, expected) => {
  expect((await copy({}, 'to', source)).outcome).toBe(expected);
  expect((await client.call('HEAD', 'to')).outcome).toBe(expected === '200' ? '200' : '404');
});

describe('conditions on the source', () => {
  const [before, same] = ['Wed, 25 Nov 2026 09:59:59 GMT', 'Wed, 25 Nov 2026 10:00:00 GMT'];
  test.each<[Record<string, string>, string]>([
    [{ match: quoted('film') }, '200'],
    [{ match: quoted('film').replaceAll('"', '') }, '200'],
    [{ match: OTHER }, '412 PreconditionFailed'],
    [{ 'none-match': OTHER }, '200'],
    [{ 'none-match': quoted('film') }, '412 PreconditionFailed'],
    [{ 'modified-since': before }, '200'],
    [{ 'modified-since': same }, '412 PreconditionFailed'],
    [{ 'unmodified-since': same }, '200'],
    [{ 'unmodified-since': before }, '412 PreconditionFailed'],
    // When an ETag is compared, the date does not count.
    [{ match: quoted('film'), 'unmodified-since': before }, '200'],
    [{ 'none-match': quoted('film'), 'modified-since': before }, '412 PreconditionFailed'],
  ])('%j: %s', async (conditions, expected) => {
    const headers = Object.entries(conditions).map(([name, value]) => [`x-amz-copy-source-if-${name}`, value]);
    const answer = await copy(Object.fromEntries(headers));
    expect(answer.outcome).toBe(expected);
    if (expected !== '200') expect(elementText(answer.text, 'Condition')).toMatch(/^x-amz-copy-source-If-[A-Z]/);
    expect(s3.keys).toEqual(expected === '200' ? ['from', 'to'] : ['from']);
  });
});

test('of twenty simultaneous copies with create-if-absent, exactly one is made', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => copy({ 'if-none-match': '*' })));
  expect(answers.filter(({ outcome }) => outcome === '200')).toHaveLength(1);
  expect(answers.filter(({ outcome }) => outcome === '412 PreconditionFailed')).toHaveLength(19);
});

test('an object that was sent in parts is one piece in the copy, with the digest of the whole as its ETag', async () => {
  const pieces = [randomBytes(5 * 1024 * 1024), randomBytes(10)];
  const id = await client.begin('parts');
  const parts: [number, string][] = [];
  for (const [index, piece] of pieces.entries())
    parts.push([index + 1, await client.putPart('parts', id, index + 1, piece)]);
  await client.complete('parts', id, parts);
  expect((await copy({}, 'to', '/videos/parts')).outcome).toBe('200');
  const digest = createHash('md5').update(Buffer.concat(pieces)).digest('hex');
  expect((await client.call('HEAD', 'to')).headers['etag']).toBe(`"${digest}"`);
});

test('of a named version works, also of an old one, but never of a marker', async () => {
  const versioned = await S3Emulator.start({ versioned: true });
  client = new S3TestClient(versioned);
  const first = (await client.call('PUT', 'from', { body: 'first' })).headers['x-amz-version-id'];
  await client.call('PUT', 'from', { body: 'second' });
  const old = await copy({}, 'to', `/videos/from?versionId=${first}`);
  expect([old.outcome, old.headers['x-amz-copy-source-version-id']]).toEqual(['200', first]);
  expect(old.headers['x-amz-version-id']).toMatch(/^[0-9a-f]{32}$/);
  expect((await client.call('GET', 'to')).text).toBe('first');
  expect((await copy({}, 'from', `/videos/from?versionId=${first}`)).outcome).toBe('200');
  const marker = (await client.call('DELETE', 'from')).headers['x-amz-version-id'];
  expect((await copy()).outcome).toBe('404 NoSuchKey');
  expect((await copy({}, 'to', `/videos/from?versionId=${marker}`)).outcome).toBe('400 InvalidRequest');
  await versioned.stop();
});

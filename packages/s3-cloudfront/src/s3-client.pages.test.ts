import { describe, expect, test } from 'vitest';
import { answerXml, askedOf } from '../test-support/asked-of.ts';
import type { S3Client } from './s3-client.ts';

const { signal } = new AbortController();
const unread = { code: 'BACKEND_BAD_RESPONSE' };
const day = '2026-11-23T10:00:00.000Z';

/** What the client returns for this answer, and the query of its request. */
async function read<T>(body: string, ask: (client: S3Client) => Promise<T>) {
  let query: Readonly<Record<string, string>> = {};
  const answer = await askedOf((request, response) => {
    query = Object.fromEntries(new URL(request.url ?? '', 'http://s3').searchParams);
    answerXml(response, body);
  }, ask);
  return { answer, query };
}

describe('uploads in parts', () => {
  const result = (xml: string) =>
    `<ListMultipartUploadsResult><Bucket>videos</Bucket>${xml}</ListMultipartUploadsResult>`;
  const upload = (
    key = '<Key>uploads/a</Key>',
    id = '<UploadId>i</UploadId>',
    began = `<Initiated>${day}</Initiated>`,
  ) => `<Upload>${key}${id}${began}</Upload>`;
  const first = { prefix: 'uploads/', limit: 2 };
  const after = { key: 'uploads/a', id: 'i' };
  const list = (page: Parameters<S3Client['listMultipartUploads']>[0]) => (client: S3Client) =>
    client.listMultipartUploads(page, signal);

  test('the first page is requested by its prefix and limit, each other one by its marker', async () => {
    const { answer, query } = await read(result(upload()), list(first));
    expect(answer).toEqual({ uploads: [{ key: 'uploads/a', s3UploadId: 'i', beganAtMs: Date.parse(day) }] });
    expect(query).toMatchObject({ prefix: 'uploads/', 'max-uploads': '2' });
    expect(query).not.toHaveProperty('key-marker');
    const next = '<IsTruncated>true</IsTruncated><NextKeyMarker>uploads/b</NextKeyMarker>';
    const second = await read(result(`${next}<NextUploadIdMarker>j</NextUploadIdMarker>`), list({ ...first, after }));
    expect(second.answer).toEqual({ uploads: [], next: { key: 'uploads/b', id: 'j' } });
    expect(second.query).toMatchObject({ 'key-marker': 'uploads/a', 'upload-id-marker': 'i' });
  });

  test.each([
    ['another bucket', '<ListMultipartUploadsResult><Bucket>other</Bucket></ListMultipartUploadsResult>'],
    ['an upload without a key', result(upload(''))],
    ['an upload without an id', result(upload(undefined, ''))],
    ['an upload without a time', result(upload(undefined, undefined, ''))],
    ['a key outside the prefix', result(upload('<Key>videos/a</Key>'))],
    ['no next page', result('<IsTruncated>true</IsTruncated><NextKeyMarker>uploads/b</NextKeyMarker>')],
    [
      'the same page again',
      result(
        '<IsTruncated>true</IsTruncated><NextKeyMarker>uploads/a</NextKeyMarker><NextUploadIdMarker>i</NextUploadIdMarker>',
      ),
    ],
  ])('a page with %s is an unreadable answer', async (_name, body) => {
    await expect(read(body, list({ ...first, after }))).rejects.toMatchObject(unread);
  });
});

describe('versions', () => {
  const result = (xml: string) => `<ListVersionsResult><Name>videos</Name>${xml}</ListVersionsResult>`;
  const entry = (name: string, id: string, isLatest: boolean) =>
    `<${name}><Key>videos/${id}</Key><VersionId>${id}</VersionId><IsLatest>${isLatest}</IsLatest></${name}>`;
  const after = { key: 'videos/v1', id: 'v1' };
  const list = (marker?: typeof after) => (client: S3Client) => client.listVersions('videos/', marker, signal);

  test('versions and markers show which is the newest; each page but the first is requested by its marker', async () => {
    const { answer, query } = await read(
      result(entry('Version', 'v1', false) + entry('DeleteMarker', 'm1', true)),
      list(),
    );
    expect(answer).toEqual({
      versions: [
        { key: 'videos/v1', versionId: 'v1', isLatest: false, isMarker: false },
        { key: 'videos/m1', versionId: 'm1', isLatest: true, isMarker: true },
      ],
    });
    expect(query).not.toHaveProperty('key-marker');
    const next = '<IsTruncated>true</IsTruncated><NextKeyMarker>videos/v1</NextKeyMarker>';
    const second = await read(result(`${next}<NextVersionIdMarker>v2</NextVersionIdMarker>`), list(after));
    expect(second.answer).toEqual({ versions: [], next: { key: 'videos/v1', id: 'v2' } });
    expect(second.query).toMatchObject({ 'key-marker': 'videos/v1', 'version-id-marker': 'v1' });
  });

  test.each([
    ['a version without a key', '<Version><VersionId>v</VersionId></Version>'],
    ['a version without an id', '<Version><Key>videos/a</Key></Version>'],
    ['a marker outside the prefix', '<DeleteMarker><Key>uploads/a</Key><VersionId>v</VersionId></DeleteMarker>'],
    ['no next page', '<IsTruncated>true</IsTruncated>'],
  ])('a page with %s is an unreadable answer', async (_name, xml) => {
    await expect(read(result(xml), list(after))).rejects.toMatchObject(unread);
  });
});

describe('parts and objects', () => {
  test.each(['<Part><Size>1</Size><ETag>"x"</ETag></Part>', '<Part><PartNumber>1</PartNumber><Size>1</Size></Part>'])(
    'a part without number or ETag is an unreadable answer: %s',
    async (part) => {
      const body = `<ListPartsResult><UploadId>u</UploadId>${part}</ListPartsResult>`;
      await expect(read(body, (client) => client.listParts('k', 'u', signal))).rejects.toMatchObject(unread);
    },
  );

  test('an object without a key is an unreadable answer; one without a size is listed without it', async () => {
    const result = (xml: string) =>
      `<ListBucketResult><Name>videos</Name><Contents>${xml}</Contents></ListBucketResult>`;
    const list = (client: S3Client) => client.listObjects({ prefix: 'a/', limit: 2 }, signal);
    const modified = `<LastModified>${day}</LastModified>`;
    await expect(read(result(modified), list)).rejects.toMatchObject(unread);
    const { answer, query } = await read(result(`<Key>a/b</Key>${modified}`), list);
    expect(answer).toStrictEqual({ objects: [{ key: 'a/b', modifiedAtMs: Date.parse(day) }], more: false });
    expect(query).not.toHaveProperty('start-after');
  });

  test('a key that a delete of many refused is returned with its version, when it has one', async () => {
    const refused = (key: string, version: string) =>
      `<Error><Key>${key}</Key>${version}<Code>AccessDenied</Code></Error>`;
    const body = `<DeleteResult>${refused('a', '<VersionId>v</VersionId>')}${refused('b', '')}</DeleteResult>`;
    const remove = (client: S3Client) => client.deleteObjects([{ key: 'a', versionId: 'v' }, { key: 'b' }], signal);
    const { answer } = await read(body, remove);
    expect(answer).toStrictEqual([
      { key: 'a', code: 'AccessDenied', versionId: 'v' },
      { key: 'b', code: 'AccessDenied' },
    ]);
    const nameless = body.replace('<Key>b</Key>', '');
    await expect(read(nameless, remove)).rejects.toMatchObject(unread);
  });
});

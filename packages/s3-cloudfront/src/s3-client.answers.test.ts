import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { answerXml, askedOf, sdkClient } from '../test-support/asked-of.ts';
import { S3Client } from './s3-client.ts';

const { signal } = new AbortController();

describe('listing parts', () => {
  /** A store with so many pages of one part each; a page is requested by the marker of the one before it. */
  async function pages(count: number) {
    const asked: (string | null)[] = [];
    const store = (request: IncomingMessage, response: ServerResponse) => {
      const marker = new URL(request.url ?? '', 'http://s3').searchParams.get('part-number-marker');
      asked.push(marker);
      const number = Number(marker ?? 0) + 1;
      const part = `<Part><PartNumber>${number}</PartNumber><Size>5</Size><ETag>"e${number}"</ETag></Part>`;
      const next = `<IsTruncated>true</IsTruncated><NextPartNumberMarker>${number}</NextPartNumberMarker>`;
      answerXml(
        response,
        `<ListPartsResult><UploadId>u</UploadId>${part}${number < count ? next : ''}</ListPartsResult>`,
      );
    };
    const parts = await askedOf(store, (client) => client.listParts('k', 'u', signal)).catch((error: unknown) => error);
    return { asked, parts };
  }

  test('the ten pages of ten thousand parts are all read, each after the one before', async () => {
    const { asked, parts } = await pages(10);
    expect(parts).toEqual(
      Array.from({ length: 10 }, (_, index) => ({ partNumber: index + 1, sizeBytes: 5, eTag: `"e${index + 1}"` })),
    );
    expect(asked).toEqual([null, '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test('a list of more pages than there can be is an error', async () => {
    const { asked, parts } = await pages(Number.POSITIVE_INFINITY);
    expect(parts).toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
    expect(asked).toHaveLength(11);
  });

  test('a list of parts of another upload is an unreadable answer', async () => {
    const store = (_request: IncomingMessage, response: ServerResponse) =>
      answerXml(response, '<ListPartsResult><UploadId>other</UploadId></ListPartsResult>');
    await expect(askedOf(store, (client) => client.listParts('k', 'u', signal))).rejects.toMatchObject({
      code: 'BACKEND_BAD_RESPONSE',
    });
  });
});

describe('an impossible page of objects', () => {
  const object = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2026-11-24T12:00:00.000Z</LastModified><Size>1</Size></Contents>`;
  const list = (xml: string, page: { readonly after?: string; readonly limit: number }) => {
    const store = (_request: IncomingMessage, response: ServerResponse) =>
      answerXml(response, `<ListBucketResult><Name>videos</Name>${xml}</ListBucketResult>`);
    return askedOf(store, (client) => client.listObjects({ prefix: 'a/', ...page }, signal));
  };

  test('a possible one is read', async () => {
    const page = await list(`${object('a/2')}<IsTruncated>true</IsTruncated>`, { after: 'a/1', limit: 1 });
    expect(page).toMatchObject({ objects: [{ key: 'a/2', sizeBytes: 1 }], more: true });
  });

  test.each([
    ['begins at the key that it should follow', object('a/1'), { after: 'a/1', limit: 10 }],
    ['holds a key outside its prefix', object('b/2'), { limit: 10 }],
    ['holds more than was requested', object('a/1') + object('a/2'), { limit: 1 }],
    ['is empty, and has a next page', '<IsTruncated>true</IsTruncated>', { limit: 10 }],
    ['has a key without a time', '<Contents><Key>a/1</Key></Contents>', { limit: 10 }],
  ])('%s', async (_name, xml, page) => {
    await expect(list(xml, page)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });
});

test('a write or copy counts as done only with an ETag: a 200 without one is an unreadable answer', async () => {
  const object = { key: 'k', text: 'x', contentType: 'application/json' };
  const put = (mustBeAbsent: boolean) => (client: S3Client) => client.putObject({ ...object, mustBeAbsent }, signal);
  const copy = (client: S3Client) => client.copyObject('a', 'b', { contentType: 'video/mp4' }, signal);
  const answered =
    (headers: Readonly<Record<string, string>>, xml: string) => (ask: (client: S3Client) => Promise<unknown>) =>
      askedOf((_request, response) => void response.writeHead(200, headers).end(xml), ask);
  const whole = answered({ etag: '"x"' }, '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>');
  const bare = answered({}, '<CopyObjectResult></CopyObjectResult>');
  for (const ask of [put(true), put(false), copy]) {
    expect(await whole(ask)).toBe(true);
    await expect(bare(ask)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  }
});

test('an abort ends the reading of a body that stalls', async () => {
  const caller = new AbortController();
  const reason = new Error('The host stops.');
  const stalling = (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(206, { 'content-range': 'bytes 0-9/10', 'content-length': '10', etag: '"x"' }).write('01234');
    // The head of the answer has arrived by the time of the abort.
    setTimeout(() => caller.abort(reason), 50);
  };
  const read = askedOf(stalling, (client) => client.readRange('a.mp4', 0, 10, caller.signal));
  await expect(read).rejects.toBe(reason);
});

test('the answer to a form without fields is closed unread, and only 501 means that the store accepts no forms', async () => {
  let destroyed = 0;
  const answered = async (statusCode: number) => {
    const destroy = () => {
      destroyed += 1;
    };
    const body = { destroy };
    const requestHandler = {
      handle: async () => ({ response: { statusCode, headers: {}, body } }),
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    };
    const sdk = sdkClient('http://127.0.0.1:1', { requestHandler });
    return new S3Client(sdk, { bucket: 'videos', clock: systemClock }).takesForms(signal);
  };
  expect(await answered(403)).toBe(true);
  expect(await answered(400)).toBe(true);
  expect(await answered(501)).toBe(false);
  for (const [status, code] of [
    [429, 'BACKEND_THROTTLED'],
    [500, 'BACKEND_UNAVAILABLE'],
    [503, 'BACKEND_UNAVAILABLE'],
  ] as const)
    await expect(answered(status)).rejects.toMatchObject({ code, status });
  expect(await answered(499)).toBe(true);
  expect(destroyed).toBe(7);
});

test('an answer to a delete that does not name every key, and a list of another bucket, are unreadable answers', async () => {
  const answered = (xml: string, ask: (client: S3Client) => Promise<unknown>) =>
    askedOf((_request, response) => answerXml(response, xml), ask);
  const remove = (client: S3Client) => client.deleteObjects([{ key: 'a' }, { key: 'b' }], signal);
  const named = (...keys: string[]) => keys.map((key) => `<Deleted><Key>${key}</Key></Deleted>`).join('');
  expect(await answered(`<DeleteResult>${named('a', 'b')}</DeleteResult>`, remove)).toEqual([]);
  const wrong: readonly [string, (client: S3Client) => Promise<unknown>][] = [
    [`<DeleteResult>${named('a')}</DeleteResult>`, remove],
    [`<DeleteResult>${named('a', 'b', 'c')}</DeleteResult>`, remove],
    ['<DeleteResult><Error><Key>a</Key></Error><Error><Key>b</Key></Error></DeleteResult>', remove],
    [
      '<ListVersionsResult><Name>other</Name></ListVersionsResult>',
      (client) => client.listVersions('', undefined, signal),
    ],
    [
      '<ListBucketResult><Name>other</Name></ListBucketResult>',
      (client) => client.listObjects({ prefix: '', limit: 1 }, signal),
    ],
    [
      '<ListMultipartUploadsResult><Bucket>other</Bucket></ListMultipartUploadsResult>',
      (client) => client.listMultipartUploads({ prefix: '', limit: 1 }, signal),
    ],
  ];
  for (const [xml, ask] of wrong) {
    await expect(answered(xml, ask), xml).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  }
});

test.each([
  ['versions', 'ListVersionsResult', 'Name', 'VersionId'],
  ['uploads in parts', 'ListMultipartUploadsResult', 'Bucket', 'UploadId'],
] as const)(
  'a list of %s that continues where it began is an error, and not an endless loop',
  async (kind, root, bucket, id) => {
    const list = (client: S3Client, after: { readonly key: string; readonly id: string }): Promise<unknown> =>
      kind === 'versions'
        ? client.listVersions('', after, signal)
        : client.listMultipartUploads({ prefix: '', after, limit: 1 }, signal);
    const next = `<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><Next${id}Marker>2</Next${id}Marker>`;
    const page = (after: { readonly key: string; readonly id: string }) =>
      askedOf(
        (_request, response) => answerXml(response, `<${root}><${bucket}>videos</${bucket}>${next}</${root}>`),
        (client) => list(client, after),
      );
    expect(await page({ key: 'k', id: '1' })).toMatchObject({ next: { key: 'k', id: '2' } });
    expect(await page({ key: 'j', id: '2' })).toMatchObject({ next: { key: 'k', id: '2' } });
    await expect(page({ key: 'k', id: '2' })).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  },
);

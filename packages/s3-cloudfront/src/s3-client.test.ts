import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeadObjectCommand, PutObjectCommand, type S3Client as SdkClient } from '@aws-sdk/client-s3';
import { systemClock } from '@videostorage/core';
import { S3Emulator } from '@videostorage/emulators';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askedOf, sdkClient } from '../test-support/asked-of.ts';
import { S3Client } from './s3-client.ts';

const { signal } = new AbortController();
describe('over the emulator', () => {
  let s3: S3Emulator;
  let sdk: SdkClient;

  beforeAll(async () => {
    s3 = await S3Emulator.start();
    const { accessKeyId, secretAccessKey } = s3;
    sdk = sdkClient(s3.endpoint, { credentials: { accessKeyId, secretAccessKey } });
  });

  afterAll(async () => {
    sdk.destroy();
    await s3.stop();
  });

  test('a form stores one object, which is read, copied with another head, and deleted', async () => {
    const client = new S3Client(sdk, { bucket: s3.bucket, clock: systemClock });
    const object = { key: 'a/source.mp4', mimeType: 'video/mp4', sizeBytes: 3, expiresInSeconds: 60 };
    const { url, fields } = await client.getPresignedPost(object);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob(['abc']));
    expect(await client.getSizeBytes(object.key, signal)).toBeUndefined();
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(201);
    expect(await client.getSizeBytes(object.key, signal)).toBe(3);
    expect(Buffer.from(await client.readRange(object.key, 1, 3, signal)).toString()).toBe('bc');
    const head = { contentType: 'video/webm', cacheTag: 'tag' };
    expect(await client.copyObject(object.key, 'b/source.webm', head, signal)).toBe(true);
    const copied = await sdk.send(new HeadObjectCommand({ Bucket: s3.bucket, Key: 'b/source.webm' }));
    expect(copied).toMatchObject({ ContentType: 'video/webm', Metadata: { 'cache-tag': 'tag' }, ContentLength: 3 });
    await client.deleteObject(object, signal);
    await client.deleteObject(object, signal);
    expect(await client.getSizeBytes(object.key, signal)).toBeUndefined();
    expect(await client.copyObject(object.key, 'c', head, signal)).toBe(false);
  });

  test('an empty object has a size of zero; a small one is read up to its bound, and no further', async () => {
    const client = new S3Client(sdk, { bucket: s3.bucket, clock: systemClock });
    for (const [Key, Body] of [
      ['empty', ''],
      ['ten', '0123456789'],
    ] as const) {
      await sdk.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body }));
    }
    expect(await client.getSizeBytes('empty', signal)).toBe(0);
    expect(await client.getObject('empty', 10, signal)).toHaveLength(0);
    expect(await client.getObject('ten', 10, signal)).toHaveLength(10);
    await expect(client.getObject('ten', 9, signal)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
    expect(await client.getObject('none', 10, signal)).toBeUndefined();
  });

  test('a list continues after any key in the order of the store, which is that of UTF-8', async () => {
    const client = new S3Client(sdk, { bucket: s3.bucket, clock: systemClock });
    // In UTF-16 the last two would be in the opposite order.
    const keys = ['hls/a.ts', 'hls/é.ts', 'hls/Ａ.ts', 'hls/😀.ts'];
    for (const Key of keys) await sdk.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body: 'x' }));
    const found: string[] = [];
    for (const _ of keys) {
      const { objects, more } = await client.listObjects({ prefix: 'hls/', after: found.at(-1), limit: 1 }, signal);
      found.push(...objects.map(({ key }) => key));
      expect(more).toBe(found.length < keys.length);
    }
    expect(found).toEqual(keys);
  });

  test('a bucket that does not exist is a wrong setting, not a bucket without videos', async () => {
    const client = new S3Client(sdk, { bucket: 'mistyped', clock: systemClock });
    const refused = { code: 'BACKEND_REFUSED', status: 404, providerCode: 'NoSuchBucket' };
    const head = { contentType: 'video/mp4' };
    const object = { key: 'a', text: '', contentType: 'text/plain', mustBeAbsent: true };
    await expect(client.getSizeBytes('a', signal)).rejects.toMatchObject(refused);
    await expect(client.getObject('a', 1, signal)).rejects.toMatchObject(refused);
    await expect(client.copyObject('a', 'b', head, signal)).rejects.toMatchObject(refused);
    await expect(client.listParts('a', 'id', signal)).rejects.toMatchObject(refused);
    await expect(client.putObject(object, signal)).rejects.toMatchObject(refused);
    await expect(client.listObjects({ prefix: '', limit: 1 }, signal)).rejects.toMatchObject(refused);
  });
});

describe('answers that are not S3’s', () => {
  const page = {
    'content-length': 44,
    'content-type': 'text/html',
    etag: '"x"',
    'last-modified': new Date(0).toUTCString(),
  };

  const proxy = (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(200, page).end('x'.repeat(44));
  const unread = { code: 'BACKEND_BAD_RESPONSE' };

  test('a proxy’s page with all headers of an object is not taken for a range, a copy, a write or a list', async () => {
    const head = { contentType: 'video/mp4' };
    const asks: readonly ((client: S3Client) => Promise<unknown>)[] = [
      (client) => client.getSizeBytes('a.mp4', signal),
      (client) => client.readRange('a.mp4', 0, 44, signal),
      (client: S3Client) => client.copyObject('a', 'b', head, signal),
      (client: S3Client) => client.createMultipartUpload('a', head, signal),
      (client: S3Client) => client.abortMultipartUpload('a', 'id', signal),
      (client: S3Client) => client.listObjects({ prefix: '', limit: 1 }, signal),
      (client: S3Client) => client.listVersions('', undefined, signal),
      (client: S3Client) => client.listMultipartUploads({ prefix: '', limit: 1 }, signal),
      (client: S3Client) => client.deleteObjects([{ key: 'a' }, { key: 'b' }], signal),
    ];
    for (const ask of asks) {
      await expect(askedOf(proxy, ask)).rejects.toMatchObject(unread);
    }
  });

  test('a 404 of a proxy is an error, never "not there"; 403 neither', async () => {
    for (const status of [404, 403]) {
      const bare = (_request: IncomingMessage, response: ServerResponse) =>
        void response.writeHead(status, { 'x-amz-request-id': 'R' }).end();
      const asks: readonly ((client: S3Client) => Promise<unknown>)[] = [
        (client) => client.getSizeBytes('a.mp4', signal),
        (client: S3Client) => client.getObject('a.mp4', 1, signal),
        (client: S3Client) => client.copyObject('a', 'b', { contentType: 'video/mp4' }, signal),
        (client: S3Client) => client.listParts('a', 'id', signal),
        (client: S3Client) => client.abortMultipartUpload('a', 'id', signal),
      ];
      for (const ask of asks) {
        await expect(askedOf(bare, ask)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status });
      }
    }
  });

  test('a delete that a proxy answers does not count as done', async () => {
    await expect(askedOf(proxy, (client) => client.deleteObject({ key: 'a.mp4' }, signal))).rejects.toMatchObject(
      unread,
    );
  });

  test('an endless list is ended at its bound', async () => {
    let sent = 0;
    const endless = (_request: IncomingMessage, response: ServerResponse) => {
      const chunk = Buffer.alloc(1024 * 1024, 0x20);
      response.writeHead(200, { 'content-type': 'application/xml' });
      const more = () => {
        sent += chunk.length;
        if (!response.destroyed) response.write(chunk, more);
      };
      more();
    };
    const asked = askedOf(endless, (client) => client.listObjects({ prefix: '', limit: 1 }, signal));
    await expect(asked).rejects.toMatchObject(unread);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test.each([
    ['no next page', '<IsTruncated>true</IsTruncated>'],
    ['the same page again', '<IsTruncated>true</IsTruncated><NextPartNumberMarker>7</NextPartNumberMarker>'],
    ['a part without a size', '<Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part>'],
  ])('parts with %s end in an error, never in an endless loop', async (_name, xml) => {
    let requests = 0;
    const store = (_request: IncomingMessage, response: ServerResponse) => {
      requests += 1;
      const body = `<ListPartsResult><UploadId>u</UploadId>${xml}</ListPartsResult>`;
      response.writeHead(200, { 'content-type': 'application/xml', 'x-amz-request-id': 'R' }).end(body);
    };
    await expect(askedOf(store, (client) => client.listParts('k', 'u', signal))).rejects.toMatchObject({
      code: 'BACKEND_BAD_RESPONSE',
    });
    expect(requests).toBeLessThanOrEqual(2);
  });
});

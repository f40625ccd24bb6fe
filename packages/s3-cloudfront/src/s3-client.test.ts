import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutObjectCommand, S3Client as SdkClient } from '@aws-sdk/client-s3';
import { systemClock } from '@videostorage/core';
import { S3Emulator } from '@videostorage/emulators';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3Client } from './s3-client.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };

function sdkClient(endpoint: string, own: object = {}): SdkClient {
  return new SdkClient({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1, ...own });
}

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

  test('decision 24: getPresignedPost, objectExists, getObjectMetadata, deleteObject, by the names of the design', async () => {
    const client = new S3Client(sdk, s3.bucket, systemClock);
    const object = { key: 'a/source.mp4', mimeType: 'video/mp4', sizeBytes: 3, metadata: {}, expiresInSeconds: 60 };
    const { url, fields } = await client.getPresignedPost(object);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob(['abc']));
    expect(await client.objectExists(object.key)).toBe(false);
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(201);
    expect(await client.objectExists(object.key)).toBe(true);
    expect(await client.getObjectMetadata(object.key)).toMatchObject({ sizeBytes: 3, mimeType: 'video/mp4' });
    expect(await client.deleteObject(object.key)).toEqual({ marked: false });
    expect(await client.deleteObject(object.key)).toEqual({ marked: false });
    expect(await client.objectExists(object.key)).toBe(false);
  });

  test('a bucket that is not there is a wrong setting, not a bucket without videos', async () => {
    const client = new S3Client(sdk, 'mistyped', systemClock);
    await expect(client.objectExists('a/source.mp4')).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status: 404 });
    await expect(client.getObjectMetadata('a/source.mp4')).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
  });

  test('the bucket is asked for once, and not at all where an object has been seen', async () => {
    const ask = async (keys: readonly string[]) => {
      const client = new S3Client(sdk, s3.bucket, systemClock);
      const before = s3.requests.length;
      for (const key of keys) await client.objectExists(key);
      return s3.requests.slice(before).filter((request) => !request.includes('mp4'));
    };
    await sdk.send(new PutObjectCommand({ Bucket: s3.bucket, Key: 'there.mp4', Body: 'x' }));
    expect(await ask(['one.mp4', 'two.mp4'])).toHaveLength(1);
    expect(await ask(['there.mp4', 'one.mp4', 'two.mp4'])).toHaveLength(0);
  });
});

/** What a client makes of a server that answers so. */
async function askedOf<T>(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  ask: (client: S3Client) => Promise<T>,
): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sdk = sdkClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    return await ask(new S3Client(sdk, 'videos', systemClock));
  } finally {
    sdk.destroy();
    server.closeAllConnections();
    server.close();
  }
}

describe('answers that are not S3’s', () => {
  const page = {
    'content-length': 44,
    'content-type': 'text/html',
    etag: '"x"',
    'last-modified': new Date(0).toUTCString(),
  };

  test('a proxy’s page with all that an object has, but no request id, is no object', async () => {
    const head = (client: S3Client) => client.getObjectMetadata('a.mp4');
    const proxy = (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(200, page).end();
    await expect(askedOf(proxy, head)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
    const real = (_request: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(200, { ...page, 'x-amz-request-id': 'R1' }).end();
    expect(await askedOf(real, head)).toMatchObject({ sizeBytes: 44, revision: 'x' });
  });

  test('a 404 of a proxy is an outage, also when it is the bucket that is looked for', async () => {
    const exists = (client: S3Client) => client.objectExists('a.mp4');
    const proxy = (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(404).end();
    await expect(askedOf(proxy, exists)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    const bucketByProxy = ({ url = '' }: IncomingMessage, response: ServerResponse) =>
      void response
        .writeHead(url.includes('a.mp4') ? 404 : 200, url.includes('a.mp4') ? { 'x-amz-request-id': 'R' } : {})
        .end();
    await expect(askedOf(bucketByProxy, exists)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });

  test('a bucket that may not be looked at is there; 403 for an object is never "not there"', async () => {
    const exists = (client: S3Client) => client.objectExists('a.mp4');
    const id = { 'x-amz-request-id': 'R' };
    const shy = ({ url = '' }: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(url.includes('a.mp4') ? 404 : 403, id).end();
    expect(await askedOf(shy, exists)).toBe(false);
    const forbidden = (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(403, id).end();
    await expect(askedOf(forbidden, exists)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status: 403 });
  });

  test('a delete that a proxy answers is not done', async () => {
    const proxy = (_request: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(200, page).end('x'.repeat(44));
    await expect(askedOf(proxy, (client) => client.deleteObject('a.mp4'))).rejects.toMatchObject({
      code: 'BACKEND_BAD_RESPONSE',
    });
  });

  test.each([
    ['no next page', '<IsTruncated>true</IsTruncated>'],
    ['the same page again', '<IsTruncated>true</IsTruncated><NextPartNumberMarker>7</NextPartNumberMarker>'],
    ['a part without a size', '<Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part>'],
  ])('parts with %s end in an error, never in a circle', async (_name, xml) => {
    let requests = 0;
    const store = (_request: IncomingMessage, response: ServerResponse) => {
      requests += 1;
      const body = `<ListPartsResult><UploadId>u</UploadId>${xml}</ListPartsResult>`;
      response.writeHead(200, { 'content-type': 'application/xml', 'x-amz-request-id': 'R' }).end(body);
    };
    await expect(askedOf(store, (client) => client.listParts('k', 'u'))).rejects.toMatchObject({
      code: 'BACKEND_BAD_RESPONSE',
    });
    expect(requests).toBeLessThanOrEqual(2);
  });
});

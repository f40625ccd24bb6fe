import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFrontClient as SdkCloudFrontClient } from '@aws-sdk/client-cloudfront';
import { S3Client as SdkClient } from '@aws-sdk/client-s3';
import { fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { ecKeyPair } from '../test-support/key-pairs.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';
import { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';

const MEBIBYTE = 1024 * 1024;
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const ended: (() => void)[] = [];

afterEach(() => {
  for (const end of ended.splice(0)) end();
});

/**
 * A server whose answers have so many bytes before their XML, or end there (undefined) or stall there (null), and clients for
 * it as a host app makes them.
 */
async function servedBy(xml: string | undefined | null, bytesBefore: number, status = 200) {
  let sent = 0;
  let open = 0;
  const server = createServer((_request, response) => {
    const chunk = Buffer.alloc(MEBIBYTE, 0x20);
    let sentOfThis = 0;
    open += 1;
    response.on('close', () => (open -= 1));
    response.writeHead(status, { 'content-type': 'application/xml' });
    const more = () => {
      if (response.destroyed || (xml === null && sentOfThis >= bytesBefore)) return;
      if (sentOfThis >= bytesBefore) return void (xml === undefined ? response.destroy() : response.end(xml));
      sentOfThis += chunk.length;
      sent += chunk.length;
      response.write(chunk, more);
    };
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const common = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  const s3Client = new SdkClient({ ...common, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
  const client = new SdkCloudFrontClient(common);
  ended.push(
    () => s3Client.destroy(),
    () => client.destroy(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const storage = new S3CloudFrontStorage({
    ...{ bucket: 'videos', region: 'us-east-1', s3Client, referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'] },
    cloudFront: {
      ...{ baseUrl: 'https://cdn.example.com', distributionId: 'E2QWRUHAPOMQZL', client },
      keyPairs: [{ keyPairId: ecKeyPair.keyPairId, privateKey: ecKeyPair.pem }],
    },
  });
  return { storage, s3Client, client, sent: () => sent, open: () => open };
}

const nothing =
  '<ListBucketResult><Name>videos</Name><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>';

test('an endless list is ended at its bound, also for a client of the host app', async () => {
  const { storage, sent, open } = await servedBy(nothing, Number.POSITIVE_INFINITY);
  await expect(storage.listVideos({ timeoutMs: 60_000 })).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  // Four attempts, each with the bytes that are on their way when the connection is closed.
  expect(sent()).toBeLessThan(4 * 64 * MEBIBYTE);
  await vi.waitFor(() => expect(open()).toBe(0), 10_000);
});

test('so is an endless error in place of an object', async () => {
  const { storage, sent } = await servedBy('', Number.POSITIVE_INFINITY, 404);
  const id = `${'1'.repeat(32)}-mp4`;
  await expect(storage.getVideoMetadata(id, { timeoutMs: 60_000 })).rejects.toMatchObject({
    code: 'BACKEND_BAD_RESPONSE',
  });
  expect(sent()).toBeLessThan(4 * 64 * MEBIBYTE);
});

test('an answer up to the bound is read', async () => {
  const rest = nothing.padEnd(MEBIBYTE);
  const { storage } = await servedBy(rest, 15 * MEBIBYTE);
  expect(await storage.listVideos()).toEqual({ videos: [] });
  const longer = await servedBy(`${rest} `, 15 * MEBIBYTE);
  await expect(longer.storage.listVideos()).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
});

test('an answer that ends too early fails at once, and nothing waits for the rest', async () => {
  const { storage } = await servedBy(undefined, MEBIBYTE);
  await expect(storage.listVideos({ timeoutMs: 60_000 })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
});

test('the abort of a call ends its request to the server', async () => {
  const { storage, open } = await servedBy(null, MEBIBYTE);
  const caller = new AbortController();
  const listed = storage.listVideos({ signal: caller.signal });
  await vi.waitFor(() => expect(open()).toBe(1), 10_000);
  caller.abort(new Error('given up'));
  await expect(listed).rejects.toThrow('given up');
  await vi.waitFor(() => expect(open()).toBe(0), 10_000);
});

test('the client of the host app itself is not changed', async () => {
  const { storage, s3Client } = await servedBy(nothing, 0);
  const { send } = s3Client;
  const before = s3Client.middlewareStack.identify();
  await storage.listVideos();
  expect(s3Client.send).toBe(send);
  expect(Object.hasOwn(s3Client, 'send')).toBe(false);
  expect(s3Client.middlewareStack.identify()).toEqual(before);
});

test('an endless answer of CloudFront is ended at its bound as well', async () => {
  const subject = await createEmulatedSubject();
  ended.push(() => void subject.dispose());
  const { client, sent } = await servedBy('', Number.POSITIVE_INFINITY);
  const storage = subject.storageWith({ client });
  const bytes = await fixtures.moovFirst.read();
  const user = { userId: 'anna' };
  const ticket = await storage.getUploadUrl({
    ...{ ...user, fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes: bytes.length },
  });
  await sendTicket(ticket, bytes, 'video/mp4');
  await storage.confirmUpload(ticket.uploadReference, user);
  await expect(storage.deleteVideo(ticket.videoId, { timeoutMs: 60_000 })).rejects.toMatchObject({
    ...{ code: 'BACKEND_BAD_RESPONSE', service: 'CloudFront' },
  });
  expect(sent()).toBeLessThan(4 * 64 * MEBIBYTE);
});

test('a body of a handler that fetches is bounded as well, and read up to the bound', async () => {
  const answers = (bytesBefore: number) => {
    let sent = 0;
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (sent >= bytesBefore) {
            controller.enqueue(new TextEncoder().encode(nothing));
            return controller.close();
          }
          sent += MEBIBYTE;
          return controller.enqueue(new Uint8Array(MEBIBYTE).fill(0x20));
        },
      });
    const headers = { 'content-type': 'application/xml' };
    const handle = async () => ({ response: { statusCode: 200, headers, body: body() } });
    const s3Client = new SdkClient({
      ...{ region: 'us-east-1', credentials, maxAttempts: 1, requestChecksumCalculation: 'WHEN_REQUIRED' },
      requestHandler: { handle } as never,
    });
    ended.push(() => s3Client.destroy());
    const storage = new S3CloudFrontStorage({
      ...{ bucket: 'videos', region: 'us-east-1', s3Client },
      referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
    });
    return { storage, sent: () => sent };
  };
  const endless = answers(Number.POSITIVE_INFINITY);
  await expect(endless.storage.listVideos({ timeoutMs: 60_000 })).rejects.toMatchObject({
    code: 'BACKEND_BAD_RESPONSE',
  });
  expect(endless.sent()).toBeLessThan(4 * 64 * MEBIBYTE);
  expect(await answers(15 * MEBIBYTE).storage.listVideos()).toEqual({ videos: [] });
});

test('a range of a video may be larger than the bound of other answers, with the client of a host as with one of ours', async () => {
  const bytes = new Uint8Array(17 * MEBIBYTE);
  const user = { userId: 'anna' };
  const subject = await createEmulatedSubject();
  ended.push(() => void subject.dispose());
  const { endpoint, region, accessKeyId, secretAccessKey } = subject.s3;
  const s3Client = new SdkClient({
    ...{ endpoint, region, forcePathStyle: true, maxAttempts: 1, requestChecksumCalculation: 'WHEN_REQUIRED' },
    credentials: { accessKeyId, secretAccessKey },
  });
  ended.push(() => s3Client.destroy());
  for (const given of [{}, { s3Client, endpoint: undefined }]) {
    const read: number[] = [];
    const storage = subject.storageWith(
      {},
      {
        ...{ ...given, multipartThresholdBytes: 32 * MEBIBYTE },
        probe: async (reader, { signal = new AbortController().signal }) => {
          read.push((await reader.read(0, reader.sizeBytes, signal)).length);
          return { ...{ outcome: 'undetermined', reason: 'unreadable', message: 'No.' }, bytesRead: 1, reads: 1 };
        },
      },
    );
    const file = { fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes: bytes.length };
    const ticket = await storage.getUploadUrl({ ...user, ...file });
    await sendTicket(ticket, bytes, 'video/mp4');
    await storage.confirmUpload(ticket.uploadReference, { ...user, acceptUnverified: true });
    expect(read).toEqual([bytes.length]);
  }
});

import * as cloudfront from '@aws-sdk/client-cloudfront';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Logger } from '@videostorage/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

const ONE = '0123456789abcdef0123456789abcdef';
const subjects: EmulatedSubject[] = [];
const isInvalidation = {
  matches: ({ url = '' }: { readonly url?: string | undefined }) => url.includes('invalidation'),
};

afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.dispose();
});

async function setUp(...args: Parameters<typeof createEmulatedSubject>): Promise<EmulatedSubject> {
  const subject = await createEmulatedSubject(...args);
  subjects.push(subject);
  return subject;
}

function clientOf({ s3 }: EmulatedSubject, maxAttempts = 1): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const requestChecksumCalculation = 'WHEN_REQUIRED';
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts, requestChecksumCalculation });
}

function cloudFrontClientOf({ cloudFront, s3 }: EmulatedSubject, maxAttempts: number): cloudfront.CloudFrontClient {
  const { accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  return new cloudfront.CloudFrontClient({
    region: 'us-east-1',
    endpoint: cloudFront.endpoint,
    credentials,
    maxAttempts,
  });
}

const put = (subject: EmulatedSubject, Key: string, Body = 'x') =>
  clientOf(subject).send(new PutObjectCommand({ Bucket: subject.s3.bucket, Key, Body }));
const invalidations = ({ cloudFront }: EmulatedSubject) =>
  cloudFront.requests.filter((request) => request.startsWith('POST')).length;

describe('on a versioned bucket', () => {
  test.each([undefined, true])(
    'what an interrupted delete left behind is removed by the next one (versionedBucket: %s)',
    async (versionedBucket) => {
      const subject = await setUp({ versionedBucket }, { versioned: true });
      const Key = `videos/${ONE}/source.mp4`;
      await put(subject, Key, 'one');
      await put(subject, Key, 'two');
      await clientOf(subject).send(new DeleteObjectCommand({ Bucket: subject.s3.bucket, Key }));
      expect(subject.s3.versionCount).toBe(3);
      await subject.storage.deleteVideo(`${ONE}-mp4`);
      expect(subject.s3.versionCount).toBe(0);
    },
  );

  test('a fault in the middle leaves nothing behind in the end, also when another process goes on', async () => {
    const subject = await setUp({}, { versioned: true });
    for (const name of ['source.mp4', 'hls/0.ts', 'hls/1.ts']) await put(subject, `videos/${ONE}/${name}`);
    const isVersionList = {
      matches: ({ url = '' }: { readonly url?: string | undefined }) => url.includes('versions'),
    };
    subject.s3.failNext({ kind: 'status', status: 500 }, { ...isVersionList, times: 4 });
    await expect(subject.storage.deleteVideo(`${ONE}-mp4`)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(subject.s3.versionCount).toBe(6);
    await subject.storageWith({}).deleteVideo(`${ONE}-mp4`);
    expect(subject.s3.versionCount).toBe(0);
  });

  test('the revision is one and the same from HEAD and from a list, and another one for other bytes', async () => {
    const subject = await setUp({}, { versioned: true });
    const revisions = async () => [
      (await subject.storage.getVideoMetadata(`${ONE}-mp4`)).revision,
      (await subject.storage.listVideos()).videos[0]?.revision,
    ];
    await put(subject, `videos/${ONE}/source.mp4`, 'one');
    const [first, listed] = await revisions();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(listed).toBe(first);
    await put(subject, `videos/${ONE}/source.mp4`, 'two');
    expect((await revisions())[0]).not.toBe(first);
  });
});

test('a store that knows no versions has none to remove', async () => {
  const subject = await setUp();
  const isVersionList = { matches: ({ url = '' }: { readonly url?: string | undefined }) => url.includes('versions') };
  subject.s3.failNext({ kind: 'status', status: 501 }, { ...isVersionList, times: 10 });
  expect(await subject.storage.deleteVideo(`${ONE}-mp4`)).toEqual({ purged: false });
  const versioned = subject.storageWith({}, { versionedBucket: true });
  await expect(versioned.deleteVideo(`${ONE}-mp4`)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status: 501 });
});

describe('decision 18: an injected CloudFront client that', () => {
  test.each([
    ['makes three attempts is asked once', 3, 3],
    ['makes one is asked four times', 1, 4],
  ])('%s', async (_name, maxAttempts, requests) => {
    const subject = await setUp();
    const storage = subject.storageWith({ client: cloudFrontClientOf(subject, maxAttempts) });
    subject.s3.failNext({ kind: 'status', status: 503 }, { ...isInvalidation, times: 100 });
    await expect(storage.deleteVideo(`${ONE}-mp4`, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      attempts: requests,
    });
    expect(invalidations(subject)).toBe(requests);
  });

  test('takes an edge that is busy for final is helped by us, and S3 is still repeated by us', async () => {
    const subject = await setUp();
    const storage = subject.storageWith({ client: cloudFrontClientOf(subject, 3) });
    const body = '<ErrorResponse><Error><Code>TooManyInvalidationsInProgress</Code></Error></ErrorResponse>';
    subject.s3.failNext({ kind: 'status', status: 400, body }, { ...isInvalidation, times: 2 });
    subject.s3.failNext({ kind: 'status', status: 503 }, { matches: ({ method }) => method === 'GET', times: 1 });
    expect(await storage.deleteVideo(`${ONE}-mp4`, { timeoutMs: 60_000 })).toEqual({ purged: false });
    expect(invalidations(subject)).toBe(3);
  });
});

describe('deleteVideos', () => {
  const ids = Array.from({ length: 3 }, (_, index) => `${index.toString(16).padStart(32, '0')}-mp4`);

  test('writes down each video once the edges have forgotten it, and not before', async () => {
    const lines: object[] = [];
    const logger = new Logger({
      sink: ({ event, videoId, requestId }) => void lines.push({ event, videoId, requestId }),
    });
    const { storage, clock } = await setUp({ logger });
    expect(await storage.deleteVideos(ids, { requestId: 'r1' })).toEqual({ purged: false });
    expect(lines).toEqual([]);
    clock.advance(6000);
    expect(await storage.deleteVideos([...ids, ...ids], { requestId: 'r1' })).toEqual({ purged: true });
    expect(lines).toEqual(ids.map((videoId) => ({ event: 'video.deleted', videoId, requestId: 'r1' })));
  });

  test('an id that was never issued here is refused before anything is removed; none at all is success', async () => {
    const subject = await setUp();
    await put(subject, `videos/${ids[0]?.slice(0, 32)}/source.mp4`);
    await expect(subject.storage.deleteVideos([ids[0] ?? '', '../x'])).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });
    await expect(subject.storage.deleteVideos(undefined as never)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(subject.s3.keys).toHaveLength(1);
    expect(await subject.storage.deleteVideos([])).toEqual({ purged: true });
  });

  test('the caller’s abort passes through untouched', async () => {
    const { storage } = await setUp();
    const reason = new Error('the host is going down');
    await expect(storage.deleteVideos(ids, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

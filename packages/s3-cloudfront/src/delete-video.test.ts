import * as cloudfront from '@aws-sdk/client-cloudfront';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Deletion, Logger } from '@videostorage/core';
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

/** Deletes, and deletes again when the edge has purged. */
async function deleteUntilPurged({ storage, clock }: EmulatedSubject): Promise<Deletion> {
  expect(await storage.deleteVideo(`${ONE}-mp4`)).toEqual({ purged: false });
  clock.advance(6000);
  return storage.deleteVideo(`${ONE}-mp4`);
}

/** Versions and markers below the video; documents have some too. */
async function versionsOf(subject: EmulatedSubject, Prefix = `videos/${ONE}/`): Promise<number> {
  const list = new ListObjectVersionsCommand({ Bucket: subject.s3.bucket, Prefix });
  const { Versions = [], DeleteMarkers = [] } = await clientOf(subject).send(list);
  return Versions.length + DeleteMarkers.length;
}

test('objects that other tools write below a video are deleted with it: folder markers, and names with any characters', async () => {
  const subject = await setUp({}, { versioned: true });
  for (const name of ['', 'hls/', '/x', 'my film & „more“.mp4', 'source.mp4'])
    await put(subject, `videos/${ONE}/${name}`);
  expect(await deleteUntilPurged(subject)).toEqual({ purged: true });
  expect(await versionsOf(subject)).toBe(0);
});

describe('on a versioned bucket', () => {
  const isVersionList = { matches: ({ url = '' }: { readonly url?: string | undefined }) => url.includes('versions') };

  test.each([undefined, true])(
    'objects that an interrupted delete left behind are removed by the next one (versionedBucket: %s)',
    async (versionedBucket) => {
      const subject = await setUp({ versionedBucket }, { versioned: true });
      const Key = `videos/${ONE}/source.mp4`;
      await put(subject, Key, 'one');
      await put(subject, Key, 'two');
      await clientOf(subject).send(new DeleteObjectCommand({ Bucket: subject.s3.bucket, Key }));
      expect(await versionsOf(subject)).toBe(3);
      expect(await deleteUntilPurged(subject)).toEqual({ purged: true });
      expect(await versionsOf(subject)).toBe(0);
    },
  );

  test('T-J1: after a fault in the middle nothing remains in the end, also when another process continues', async () => {
    const subject = await setUp({}, { versioned: true });
    for (const name of ['source.mp4', 'hls/0.ts', 'hls/1.ts']) await put(subject, `videos/${ONE}/${name}`);
    subject.s3.failNext({ kind: 'status', status: 500 }, { ...isVersionList, times: 4 });
    await expect(deleteUntilPurged(subject)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(await versionsOf(subject)).toBe(6);
    expect(await subject.storageWith({}).deleteVideo(`${ONE}-mp4`)).toEqual({ purged: true });
    expect(await versionsOf(subject)).toBe(0);
  });

  test('versions that may not be removed are retained, and stay hidden by their markers', async () => {
    const subject = await setUp({}, { versioned: true });
    const keys = ['source.mp4', 'hls/0.ts'].map((name) => `videos/${ONE}/${name}`);
    for (const key of keys) await put(subject, key);
    expect(await subject.storage.deleteVideo(`${ONE}-mp4`)).toEqual({ purged: false });
    for (const key of keys) subject.s3.undeletableKeys.add(key);
    subject.clock.advance(6000);
    expect(await subject.storage.deleteVideo(`${ONE}-mp4`)).toEqual({ purged: true, retained: true });
    expect(await versionsOf(subject)).toBe(4);
    expect(subject.s3.keys.filter((key) => key.startsWith('videos/'))).toEqual([]);
  });

  test('only versions of that video are freed', async () => {
    const subject = await setUp({}, { versioned: true });
    const other = `videos/${'f'.repeat(32)}/`;
    for (const key of [`videos/${ONE}/source.mp4`, `${other}source.mp4`, `${other}source.mp4`]) await put(subject, key);
    await deleteUntilPurged(subject);
    expect(await versionsOf(subject)).toBe(0);
    expect(await versionsOf(subject, other)).toBe(2);
  });

  test('a store that does not implement versions has none to remove, unless `versionedBucket` says that it keeps them', async () => {
    const subject = await setUp();
    subject.s3.failNext({ kind: 'status', status: 501 }, { ...isVersionList, times: 10 });
    expect(await deleteUntilPurged(subject)).toEqual({ purged: true });
    const versioned = subject.storageWith({}, { versionedBucket: true });
    const other = `${'e'.repeat(32)}-mp4`;
    expect(await versioned.deleteVideo(other)).toEqual({ purged: false });
    subject.clock.advance(6000);
    await expect(versioned.deleteVideo(other)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status: 501 });
  });

  test('where the bucket keeps none, versions are not listed', async () => {
    const subject = await setUp({ versionedBucket: false });
    await deleteUntilPurged(subject);
    expect(subject.s3.requests.filter((request) => request.includes('versions'))).toEqual([]);
  });
});

test('an id that is used again is purged by an invalidation of its own', async () => {
  const subject = await setUp();
  const Key = `videos/${ONE}/source.mp4`;
  await put(subject, Key, 'first');
  expect(await deleteUntilPurged(subject)).toEqual({ purged: true });
  await put(subject, Key, 'second');
  const { url } = await subject.storage.getPlaybackUrl(`${ONE}-mp4`);
  expect((await fetch(url)).status).toBe(200);
  // At once: a day later the edge's copy would have expired by itself.
  await subject.storage.maintenance.sweep();
  subject.clock.advance(6000);
  await subject.storage.maintenance.sweep();
  const fresh = await subject.storage.getPlaybackUrl(`${ONE}-mp4`);
  expect((await fetch(fresh.url)).status).toBeGreaterThanOrEqual(400);
  expect(invalidations(subject)).toBeGreaterThan(2);
});

describe('an injected CloudFront client that', () => {
  test.each([
    ['makes three attempts is called once', 3, 3],
    ['makes one attempt is called four times', 1, 4],
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

  test('does not retry a busy edge itself: the storage does, and retries S3 as well', async () => {
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

  test('logs each video as deleted once the edges have purged it, and not before', async () => {
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

  test('an id that was never issued here is refused before anything is removed; an empty list is success', async () => {
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

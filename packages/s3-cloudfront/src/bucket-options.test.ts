import { HeadObjectCommand, type HeadObjectCommandOutput, S3Client as SdkClient } from '@aws-sdk/client-s3';
import { systemClock } from '@videostorage/core';
import { describeVideoStorage, fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';
import { makeS3Client } from './make-s3-client.ts';
import { S3Client } from './s3-client.ts';
import { parseS3CloudFrontOptions, type S3CloudFrontOptions } from './s3-cloudfront-options.ts';

const MEBIBYTE = 1024 * 1024;
const user = { userId: 'student-1' };
const uploadId = '0123456789abcdef0123456789abcdef';
const kmsKeyId = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const subjects: EmulatedSubject[] = [];

afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.dispose();
});

async function setUp(...settings: Parameters<typeof createEmulatedSubject>): Promise<EmulatedSubject> {
  const subject = await createEmulatedSubject(...settings);
  subjects.push(subject);
  return subject;
}

/** Sends a video of this size, in parts or as a form. */
async function sent({ storage }: EmulatedSubject, sizeBytes?: number) {
  const video = await fixtures.moovFirst.read();
  const bytes = Buffer.concat([video, Buffer.alloc(Math.max(0, (sizeBytes ?? 0) - video.length))]);
  const request = { ...user, fileName: 'f.mp4', mimeType: 'video/mp4', sizeBytes: bytes.length, uploadId };
  const ticket = await storage.getUploadUrl(request);
  const signParts = (numbers: readonly number[]) => storage.multipart.signParts(ticket.uploadReference, numbers, user);
  await sendTicket(ticket, bytes, 'video/mp4', { signParts });
  return ticket;
}

/** How each object of the bucket is kept. */
async function heads({ s3 }: EmulatedSubject): Promise<Readonly<Record<string, HeadObjectCommandOutput>>> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const sdk = new SdkClient({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  const all = s3.keys.map(async (key) => [key, await sdk.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))]);
  const found = Object.fromEntries(await Promise.all(all)) as Record<string, HeadObjectCommandOutput>;
  sdk.destroy();
  return found;
}

function policyOf(fields: Readonly<Record<string, string>>): { readonly conditions: readonly unknown[] } {
  return JSON.parse(Buffer.from(fields['Policy'] ?? '', 'base64').toString()) as { conditions: unknown[] };
}

describe('a KMS key and a storage class', () => {
  const options = { kmsKeyId, storageClass: 'STANDARD_IA' } as const;
  const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId };

  test('the form carries the key in its fields and policy, and stays in the usual class', async () => {
    const subject = await setUp(options);
    const ticket = await sent(subject);
    if (ticket.protocol !== 'post') throw new TypeError('A form was expected.');
    const fields = {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId,
    };
    expect(ticket.fields).toMatchObject(fields);
    const { conditions } = policyOf(ticket.fields);
    for (const [name, value] of Object.entries(fields)) expect(conditions).toContainEqual({ [name]: value });
    const { [ticket.fields['key'] ?? '']: form } = await heads(subject);
    expect(form).toMatchObject(kms);
    expect(form?.StorageClass).toBeUndefined();
  });

  test.each([
    ['a form', undefined],
    ['parts', 6 * MEBIBYTE],
  ])('a video of %s is kept under both; its documents under the key alone', async (_name, sizeBytes) => {
    const subject = await setUp(options);
    const { uploadReference } = await sent(subject, sizeBytes);
    await subject.storage.confirmUpload(uploadReference, user);
    const kept = await heads(subject);
    const documents = [`claims/${uploadId}`, `records/${uploadId}.json`];
    expect(Object.keys(kept).sort()).toEqual([...documents, `videos/${uploadId}/source.mp4`]);
    for (const head of Object.values(kept)) expect(head).toMatchObject(kms);
    expect(kept[`videos/${uploadId}/source.mp4`]?.StorageClass).toBe('STANDARD_IA');
    for (const document of documents) expect(kept[document]?.StorageClass).toBeUndefined();
  });

  test('the snapshot that is inspected before it becomes a video has neither class nor cache tag', async () => {
    const subject = await setUp(options, {}, { invalidateBy: 'cache-tag' });
    const copies = vi.spyOn(S3Client.prototype, 'copyObject');
    const { uploadReference } = await sent(subject);
    await subject.storage.confirmUpload(uploadReference, user);
    const heads = copies.mock.calls.map(([, , head]) => head);
    const cacheTag = `video:${uploadId}-mp4`;
    expect(heads).toEqual([
      { contentType: 'video/mp4' },
      { contentType: 'video/mp4', storageClass: 'STANDARD_IA', cacheTag },
    ]);
  });

  test('none of these headers is sent unless the host app sets its option', async () => {
    const subject = await setUp();
    const copies = vi.spyOn(S3Client.prototype, 'copyObject');
    const ticket = await sent(subject);
    await subject.storage.confirmUpload(ticket.uploadReference, user);
    const plain = { contentType: 'video/mp4' };
    expect(copies.mock.calls.map(([, , head]) => head)).toEqual([plain, plain]);
    if (ticket.protocol !== 'post') throw new TypeError('A form was expected.');
    const signed = ['Policy', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature'];
    expect(Object.keys(ticket.fields).sort()).toEqual([
      ...['Content-Type', ...signed, 'bucket', 'key', 'success_action_status'].sort(),
    ]);
  });

  test.each([
    ['a form', undefined],
    ['parts', 6 * MEBIBYTE],
  ])('nothing about the user is stored with an object that was sent as %s', async (_name, sizeBytes) => {
    const subject = await setUp();
    const { uploadReference } = await sent(subject, sizeBytes);
    await subject.storage.confirmUpload(uploadReference, user);
    expect((await heads(subject))[`videos/${uploadId}/source.mp4`]?.Metadata).toEqual({});
  });
});

// Each request, form and signed URL says that the requester pays.
describeVideoStorage({
  name: 'S3CloudFrontStorage over a bucket whose requesters pay',
  create: () => createEmulatedSubject({ requesterPays: true, cloudFront: undefined }, { requesterPays: true }),
  only: ['round-trip/plays', 'multipart/round-trip', 'multipart/abort', 'list/pages', 'delete/gone'],
});

test('without `requesterPays`, such a bucket refuses', async () => {
  const subject = await setUp({ cloudFront: undefined }, { requesterPays: true });
  await expect(sent(subject)).rejects.toThrow('403');
  await expect(subject.storage.videoExists(`${uploadId}-mp4`)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
});

describe('a bucket with Object Lock and a default retention', () => {
  test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
    'accepts objects with a checksum, %s',
    async (checksumAlgorithm) => {
      const subject = await setUp({ checksumAlgorithm }, { objectLockDays: 1 });
      const { uploadReference, videoId } = await sent(subject);
      await subject.storage.confirmUpload(uploadReference, user);
      await subject.storage.deleteVideo(videoId);
      subject.clock.advance(600_000);
      expect(await subject.storage.deleteVideo(videoId)).toEqual({ purged: true, retained: true });
      expect(await subject.storage.videoExists(videoId)).toBe(false);
    },
  );

  test('refuses documents without one', async () => {
    const subject = await setUp({}, { objectLockDays: 1 });
    const { uploadReference } = await sent(subject);
    const confirm = subject.storage.confirmUpload(uploadReference, user);
    await expect(confirm).rejects.toMatchObject({ code: 'BACKEND_REFUSED', providerCode: 'InvalidRequest' });
  });
});

describe('endpoints of Amazon S3', () => {
  const plain: S3CloudFrontOptions = {
    bucket: 'school-videos',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    referenceSecrets: ['a-secret-of-at-least-thirty-two-bytes'],
  };

  /** A form, then the URLs of two parts and of a read, signed by a client that has learned by how much its clock is wrong. */
  async function signed(options: Partial<S3CloudFrontOptions>, clockOffsetMs = 0) {
    const parsed = parseS3CloudFrontOptions({ ...plain, ...options });
    const senders = parsed.accelerate ? makeS3Client(parsed, true) : undefined;
    const asking = makeS3Client(parsed);
    asking.config.systemClockOffset = clockOffsetMs;
    const client = new S3Client(asking, { bucket: plain.bucket, clock: systemClock, senders });
    const form = await client.getPresignedPost({ key: 'k', mimeType: 'video/mp4', sizeBytes: 1, expiresInSeconds: 60 });
    const sign = await client.signParts({ key: 'k', s3UploadId: 'u', expiresInSeconds: 60 });
    return { form, urls: [await sign(1, 1), await sign(2, 1), await client.getPresignedGetUrl('k', 60)] };
  }

  async function hosts(options: Partial<S3CloudFrontOptions>) {
    const { form, urls } = await signed(options);
    return [form.url, ...urls].map((url) => new URL(url).host);
  }

  test.each([{}, { accelerate: true }])('%j: everything is signed by the clock of the store', async (options) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2030-01-01T00:00:00Z') });
    try {
      const { form, urls } = await signed(options, 1_200_000);
      const times = urls.map((url) => new URL(url).searchParams.get('X-Amz-Date'));
      expect([form.fields['X-Amz-Date'], ...times]).toEqual(new Array(4).fill('20300101T002000Z'));
    } finally {
      vi.useRealTimers();
    }
  });

  test.each<[string, Partial<S3CloudFrontOptions>, string, string]>([
    ['by default', {}, 's3.eu-central-1', 's3.eu-central-1'],
    ['accelerated: only the requests that browsers send', { accelerate: true }, 's3-accelerate', 's3.eu-central-1'],
    ['dual-stack', { dualStack: true }, 's3.dualstack.eu-central-1', 's3.dualstack.eu-central-1'],
    ['both', { accelerate: true, dualStack: true }, 's3-accelerate.dualstack', 's3.dualstack.eu-central-1'],
  ])('%s', async (_name, options, sending, reading) => {
    const [toSend, toRead] = [sending, reading].map((name) => `school-videos.${name}.amazonaws.com`);
    expect(await hosts(options)).toEqual([toSend, toSend, toSend, toRead]);
  });

  test.each<[string, Partial<S3CloudFrontOptions>, string]>([
    ['accelerate', { accelerate: true, endpoint: 'https://s3.example.com' }, 'accelerate'],
    ['dualStack', { dualStack: true, endpoint: 'https://s3.example.com' }, 'dualStack'],
    ['accelerate of a client of the host', { accelerate: true, s3Client: new SdkClient({}) }, 'accelerate'],
    ['accelerate with the bucket in the path', { accelerate: true, forcePathStyle: true }, 'accelerate'],
    ['accelerate of a name with dots', { accelerate: true, bucket: 'school.videos' }, 'accelerate'],
  ])('refuses %s', (_name, options, named) => {
    const parse = () => parseS3CloudFrontOptions({ ...plain, ...options });
    expect(parse).toThrow(expect.objectContaining({ code: 'MISCONFIGURED', message: expect.stringContaining(named) }));
  });
});

describe('an origin path of the distribution', () => {
  const keyPrefix = 'school/a/';

  test('is not part of the paths that viewers request, that cookies cover and that are purged', async () => {
    const subject = await setUp({ keyPrefix }, {}, { originPath: '/school' });
    const { uploadReference, videoId } = await sent(subject);
    await subject.storage.confirmUpload(uploadReference, user);
    await subject.putObject(`${keyPrefix}videos/${uploadId}/hls/master.m3u8`, '#EXTM3U');
    const playback = await subject.storage.getPlaybackUrl(videoId);
    expect(new URL(playback.url).pathname).toBe(`/a/videos/${uploadId}/source.mp4`);
    expect((await subject.play(playback)).status).toBe(200);
    const hls = await subject.storage.getPlaybackUrl(videoId, { kind: 'hls' });
    expect((await fetch(`${hls.url}?${hls.access === 'query' ? hls.signedQuery : ''}`)).status).toBe(200);
    const withCookies = subject.storageWith({ originPath: '/school', hlsAccess: 'cookies' }, { keyPrefix });
    const cookies = await withCookies.getPlaybackUrl(videoId, { kind: 'hls' });
    expect(cookies.access === 'cookies' && cookies.cookies?.[0]?.path).toBe(`/a/videos/${uploadId}/hls/`);
    await subject.storage.deleteVideo(videoId);
    subject.clock.advance(600_000);
    expect(await subject.storage.deleteVideo(videoId)).toMatchObject({ purged: true });
    expect((await subject.play(playback)).status).toBe(404);
  });

  test.each(['/schoo', '/other', '/school/a/b', '/school/a/videos'])(
    '%s, with which the keys do not begin, is refused',
    async (originPath) => {
      await expect(setUp({ keyPrefix }, {}, { originPath })).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    },
  );
});

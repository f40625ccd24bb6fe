import { inspect } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { Logger, Validator } from '@videostorage/core';
import { fixtures, sendTicket } from '@videostorage/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

const MEBIBYTE = 1024 * 1024;
const user = { userId: 'student-1' };
const film = { ...user, contextId: 'a', fileName: 'f.mp4', mimeType: 'video/mp4' };
const subjects: EmulatedSubject[] = [];
const api = { matches: (request: { readonly headers: object }) => 'authorization' in request.headers };

afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.dispose();
});

async function setUp(...args: Parameters<typeof createEmulatedSubject>): Promise<EmulatedSubject> {
  const subject = await createEmulatedSubject(...args);
  subjects.push(subject);
  return subject;
}

/** A client as a host would inject it. */
function clientOf({ s3 }: EmulatedSubject, options: Partial<ConstructorParameters<typeof S3Client>[0]> = {}): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const common = { endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 } as const;
  return new S3Client({ ...common, requestChecksumCalculation: 'WHEN_REQUIRED', ...options });
}

const videoKeys = ({ s3 }: EmulatedSubject) => s3.keys.filter((key) => key.startsWith('videos/'));

/** All parts of an upload sent, nothing confirmed. */
async function sendParts({ storage }: EmulatedSubject, more: { readonly uploadId?: string } = {}, padTo = 0) {
  const video = await fixtures.moovFirst.read();
  const bytes = Buffer.concat([video, Buffer.alloc(Math.max(0, padTo - video.length))]);
  const ticket = await storage.getUploadUrl({ ...film, ...more, sizeBytes: bytes.length });
  if (ticket.protocol !== 'multipart') throw new TypeError('Parts were expected.');
  const signParts = (numbers: readonly number[]) => storage.multipart.signParts(ticket.uploadReference, numbers, user);
  await sendTicket(ticket, bytes, 'video/mp4', { signParts });
  return ticket;
}

describe('completing an upload in parts', () => {
  /** One part, however small. */
  const setUpParts = () => setUp({ multipartThresholdBytes: 1 });

  test('parts of a second ticket of the same upload are swept when no reference to them is valid any more', async () => {
    const subject = await setUpParts();
    const uploadId = '0123456789abcdef0123456789abcdef';
    const [one, other] = [await sendParts(subject, { uploadId }), await sendParts(subject, { uploadId })];
    const confirmed = await subject.storage.confirmUpload(one.uploadReference, user);
    expect(await subject.storage.confirmUpload(other.uploadReference, user)).toEqual(confirmed);
    expect(subject.s3.pendingMultipartUploads).toBe(1);
    subject.clock.advance(47 * 3_600_000);
    await subject.storage.maintenance.sweep();
    expect(subject.s3.pendingMultipartUploads).toBe(1);
    subject.clock.advance(2 * 3_600_000);
    await subject.storage.maintenance.sweep();
    expect(subject.s3.pendingMultipartUploads).toBe(0);
    expect(await subject.storage.getVideoMetadata(confirmed.videoId)).toEqual(confirmed);
  });

  test('bytes that were sent and not confirmed are at no key that a grant opens, and are not a video', async () => {
    const { storage, s3 } = await setUp();
    const bytes = await fixtures.moovFirst.read();
    const ticket = await storage.getUploadUrl({ ...film, sizeBytes: bytes.length });
    await sendTicket(ticket, bytes, 'video/mp4');
    expect(s3.keys).toEqual([ticket.protocol === 'post' ? ticket.fields['key'] : '']);
    expect(await storage.videoExists(ticket.videoId)).toBe(false);
    expect((await fetch((await storage.getPlaybackUrl(ticket.videoId)).url)).status).toBeGreaterThanOrEqual(400);
  });

  const isComplete = (request: { readonly method?: string | undefined; readonly headers: object }) =>
    request.method === 'POST' && 'authorization' in request.headers;
  const body = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code><Message>x</Message></Error>';

  test('an error inside a 200 is not success: it is retried, and the video exists', async () => {
    const subject = await setUp();
    const ticket = await sendParts(subject, {}, 6 * MEBIBYTE);
    subject.s3.failNext({ kind: 'status', status: 200, body }, { matches: isComplete });
    const video = await subject.storage.confirmUpload(ticket.uploadReference, user);
    expect(video).toMatchObject({ status: 'ready', sizeBytes: 6 * MEBIBYTE });
    expect(subject.s3.pendingMultipartUploads).toBe(0);
  });

  test('an error inside every 200 is an outage, and the parts stay for another confirm', async () => {
    const subject = await setUpParts();
    const ticket = await sendParts(subject);
    subject.s3.failNext({ kind: 'status', status: 200, body }, { matches: isComplete, times: 4 });
    const confirm = () => subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', attempts: 4 });
    expect(subject.s3.pendingMultipartUploads).toBe(1);
    expect(await confirm()).toMatchObject({ status: 'ready' });
  });

  test('after a confirm that stopped between joining and deciding, all parts are listed: none is sent again', async () => {
    const subject = await setUpParts();
    const ticket = await sendParts(subject, {}, 6 * MEBIBYTE);
    const list = () => subject.storage.multipart.listParts(ticket.uploadReference, user);
    const sent = await list();
    expect(sent).toHaveLength(2);
    const isDecision = ({ method, url }: { readonly method?: string | undefined; readonly url?: string | undefined }) =>
      method === 'PUT' && url?.includes('/records/') === true;
    subject.s3.failNext({ kind: 'status', status: 503, body: '' }, { matches: isDecision, times: 4 });
    const confirm = () => subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(subject.s3.pendingMultipartUploads).toBe(0);
    expect(await list()).toEqual(sent);
    expect(await confirm()).toMatchObject({ status: 'ready' });
    await subject.storage.deleteVideo(ticket.videoId);
    expect(await list()).toEqual([]);
  });

  test.each([
    ['lost', { kind: 'reset', when: 'after-effect' }],
    ['a page of a proxy', { kind: 'html' }],
  ] as const)('after an answer that is %s, the stored object is checked', async (_name, fault) => {
    const subject = await setUpParts();
    const ticket = await sendParts(subject);
    subject.s3.failNext(fault, { matches: isComplete });
    expect(await subject.storage.confirmUpload(ticket.uploadReference, user)).toMatchObject({ status: 'ready' });
    expect(videoKeys(subject)).toHaveLength(1);
  });
});

test('a part of another length, number or upload than was signed is refused', async () => {
  const { storage, s3 } = await setUp();
  const ticket = await storage.getUploadUrl({ ...film, sizeBytes: 6 * MEBIBYTE });
  const [part] = await storage.multipart.signParts(ticket.uploadReference, [2], user);
  if (part === undefined) throw new TypeError('A part was expected.');
  const put = async (url: string, sizeBytes: number) =>
    (await fetch(url, { method: 'PUT', body: Buffer.alloc(sizeBytes) })).status;
  expect(await put(part.url, part.sizeBytes + 1)).toBe(403);
  expect(await put(part.url, part.sizeBytes - 1)).toBe(403);
  expect(await put(part.url.replace('partNumber=2', 'partNumber=1'), part.sizeBytes)).toBe(403);
  expect(await put(part.url.replace(/uploadId=[^&]+/, 'uploadId=other'), part.sizeBytes)).toBe(403);
  expect(await storage.multipart.listParts(ticket.uploadReference, user)).toEqual([]);
  expect(await put(part.url, part.sizeBytes)).toBe(200);
  expect(s3.keys).toEqual([]);
});

test('a page of a proxy, whatever the request was, never removes a good video', async () => {
  const subject = await setUp();
  const bytes = await fixtures.moovFirst.read();
  const ticket = await subject.storage.getUploadUrl({ ...film, sizeBytes: bytes.length });
  await sendTicket(ticket, bytes, 'video/mp4');
  for (const method of ['GET', 'PUT']) {
    const matches = (request: { readonly method?: string | undefined }) => request.method === method;
    subject.s3.failNext({ kind: 'html' }, { matches, times: 4 });
    await expect(subject.storage.confirmUpload(ticket.uploadReference, user)).rejects.toMatchObject({
      code: 'BACKEND_BAD_RESPONSE',
      attempts: 4,
    });
    expect(subject.s3.keys).toContain(ticket.protocol === 'post' ? ticket.fields['key'] : '');
  }
  expect(await subject.storage.confirmUpload(ticket.uploadReference, user)).toMatchObject({ status: 'ready' });
});

describe('temporary credentials of ten minutes', () => {
  async function setUpRole() {
    const sessionToken = 'token-of-a-role';
    const subject = await setUp({}, { sessionToken });
    const { accessKeyId, secretAccessKey } = subject.s3;
    const expiration = new Date(subject.clock.now() + 600_000);
    const credentials = async () => ({ accessKeyId, secretAccessKey, sessionToken, expiration });
    const s3Client = clientOf(subject, { credentials });
    const isEnd = (time: string | undefined) => {
      const endMs = Date.parse(time ?? '');
      expect(endMs).toBeLessThanOrEqual(expiration.getTime());
      expect(endMs).toBeGreaterThan(expiration.getTime() - 2000);
    };
    return { subject, isEnd, storage: subject.storageWith({}, { s3Client }), s3Client };
  }

  test('end a form with them, and their token is part of it', async () => {
    const { storage, isEnd } = await setUpRole();
    const bytes = await fixtures.moovFirst.read();
    const ticket = await storage.getUploadUrl({ ...film, sizeBytes: bytes.length });
    isEnd(ticket.expiresAt);
    await sendTicket(ticket, bytes, 'video/mp4');
    expect(await storage.confirmUpload(ticket.uploadReference, user)).toMatchObject({ status: 'ready' });
  });

  test('that have expired are an error, and not a form, part or grant of one second', async () => {
    const { subject, s3Client } = await setUpRole();
    const storage = subject.storageWith({}, { s3Client, cloudFront: undefined, credentials: undefined });
    const parts = await storage.getUploadUrl({ ...film, sizeBytes: 6 * MEBIBYTE });
    subject.clock.advance(600_000);
    const expired = { code: 'BACKEND_REFUSED', providerCode: 'ExpiredToken' };
    await expect(storage.getUploadUrl({ ...film, sizeBytes: 1000 })).rejects.toMatchObject(expired);
    await expect(storage.multipart.signParts(parts.uploadReference, [1], user)).rejects.toMatchObject(expired);
    await expect(storage.getPlaybackUrl('0123456789abcdef0123456789abcdef-mp4')).rejects.toMatchObject(expired);
  });

  test('end the signed URL of a part, but not the upload in parts, whose next parts are signed with new ones', async () => {
    const { storage, subject, isEnd } = await setUpRole();
    const ticket = await storage.getUploadUrl({ ...film, sizeBytes: 6 * MEBIBYTE });
    expect(Date.parse(ticket.expiresAt) - subject.clock.now()).toBe(86_400_000);
    const [part] = await storage.multipart.signParts(ticket.uploadReference, [1], user);
    isEnd(part?.expiresAt);
    expect(new URL(part?.url ?? '').searchParams.get('X-Amz-Expires')).toMatch(/^(59\d|600)$/);
  });

  test('end a playback straight from the bucket, whatever lifetime was requested', async () => {
    const { subject, isEnd, s3Client } = await setUpRole();
    const storage = subject.storageWith({}, { s3Client, cloudFront: undefined, credentials: undefined });
    const options = { expiresInSeconds: 86_400, downloadable: true };
    const playback = await storage.getPlaybackUrl('0123456789abcdef0123456789abcdef-mp4', options);
    isEnd(playback.expiresAt);
    expect(Date.parse(playback.renewAfter)).toBeLessThan(Date.parse(playback.expiresAt));
    for (const url of [playback.url, playback.downloadUrl ?? '']) {
      expect(Number(new URL(url).searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(600);
    }
  });
});

test.each([
  ['once when it makes three attempts itself', 3, 3],
  ['as always when it makes one', 1, 4],
])('an injected client is called %s', async (_name, maxAttempts, requests) => {
  const subject = await setUp();
  const storage = subject.storageWith({}, { s3Client: clientOf(subject, { maxAttempts }) });
  subject.s3.failNext({ kind: 'status', status: 503 }, { ...api, times: 100 });
  const asked = storage.videoExists('0123456789abcdef0123456789abcdef-mp4', { timeoutMs: 60_000 });
  await expect(asked).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', attempts: requests });
  expect(subject.s3.requests).toHaveLength(requests);
});

test('by cache tag: the edge drops all of one video and nothing of another', async () => {
  const subject = await setUp({}, {}, { invalidateBy: 'cache-tag' });
  const { storage, clock, cloudFront } = subject;
  const bytes = await fixtures.moovFirst.read();
  const videos = [];
  for (let count = 0; count < 2; count++) {
    const ticket = await storage.getUploadUrl({ ...film, sizeBytes: bytes.length });
    await sendTicket(ticket, bytes, 'video/mp4');
    const { videoId } = await storage.confirmUpload(ticket.uploadReference, user);
    const { url } = await storage.getPlaybackUrl(videoId);
    expect((await fetch(url)).status).toBe(200);
    videos.push({ videoId, url });
  }
  const [one, other] = videos;
  if (one === undefined || other === undefined) throw new TypeError('Two videos were made.');
  expect(await storage.deleteVideo(one.videoId)).toEqual({ purged: false });
  expect((await fetch(one.url)).headers.get('x-cache')).toBe('Hit from cloudfront');
  clock.advance(6000);
  expect(await storage.deleteVideo(one.videoId)).toEqual({ purged: true });
  expect((await fetch(one.url)).status).toBeGreaterThanOrEqual(400);
  expect((await fetch(other.url)).headers.get('x-cache')).toBe('Hit from cloudfront');
  expect(cloudFront.requests.filter((request) => request.startsWith('POST')).length).toBe(2);
});

test('more videos than may be purged at a time are purged one batch after the other', async () => {
  const subject = await setUp();
  const ids = Array.from({ length: 17 }, (_, index) => `${index.toString(16).padStart(32, '0')}-mp4`);
  for (const purged of [false, false, true]) {
    expect(await subject.storage.deleteVideos(ids, { timeoutMs: 60_000 })).toEqual({ purged });
    subject.clock.advance(6000);
  }
}, 60_000);

test('an edge that has too much to purge is retried, and is an error in the end', async () => {
  const subject = await setUp();
  const id = (number: number) => `${number.toString(16).padStart(32, '0')}-mp4`;
  for (let number = 0; number < 15; number++) await subject.storage.deleteVideo(id(number));
  await expect(subject.storage.deleteVideo(id(15))).rejects.toMatchObject({ code: 'BACKEND_THROTTLED', attempts: 4 });
  await expect(subject.storage.deleteVideos([id(15), id(16)])).rejects.toMatchObject({
    code: 'BACKEND_THROTTLED',
    backendName: 's3-cloudfront',
  });
  subject.clock.advance(6000);
  expect(await subject.storage.deleteVideo(id(15))).toEqual({ purged: false });
});

test('T-H1: neither logs nor errors nor the storage itself show a key, a signature or a policy', async () => {
  const lines: string[] = [];
  const logger = new Logger({ sink: (record) => void lines.push(inspect(record, { depth: 20, showHidden: true })) });
  const subject = await setUp({ logger });
  const { storage, secrets, s3 } = subject;
  const bytes = await fixtures.moovFirst.read();
  const ticket = await storage.getUploadUrl({ ...film, sizeBytes: bytes.length });
  if (ticket.protocol !== 'post') throw new TypeError('A form was expected.');
  await sendTicket(ticket, bytes, 'video/mp4');
  const { url } = await storage.getPlaybackUrl(ticket.videoId);
  const signature = new URL(url).searchParams.get('Signature') ?? '';
  const canaries = [...(secrets ?? []), s3.accessKeyId, signature, ticket.uploadReference];
  for (const field of ['Policy', 'X-Amz-Signature']) canaries.push(ticket.fields[field] ?? '');
  const shown: string[] = [];
  const show = (value: unknown) => shown.push(inspect(value, { depth: 20, showHidden: true }), JSON.stringify(value));
  const faults = [{ kind: 'status', status: 403 }, { kind: 'html' }, { kind: 'status', status: 500 }] as const;
  let current: (typeof faults)[number] | undefined;
  for (const fault of faults) {
    s3.failNext(fault, { times: 100, matches: (request) => api.matches(request) && current === fault });
  }
  for (const fault of faults) {
    current = fault;
    const calls = [
      () => storage.confirmUpload(ticket.uploadReference, user),
      () => storage.deleteVideo(ticket.videoId),
      () => storage.listVideos(),
      () => storage.abortUpload(ticket.uploadReference, user),
      () => storage.confirmUpload(`${ticket.uploadReference}x`, user),
    ];
    for (const call of calls) show(await call().catch((error: unknown) => error));
  }
  show(storage);
  const all = [...lines, ...shown].join('\n');
  expect(canaries.every((canary) => canary.length >= 16)).toBe(true);
  for (const canary of canaries) expect(all).not.toContain(canary);
  expect(lines.length).toBeGreaterThan(10);
});

test('a file as large as S3 can hold gets a ticket in parts of 5 GiB; one byte more is refused', async () => {
  const sizeBytes = 10_000 * 5 * 1024 * MEBIBYTE;
  const { storage } = await setUp({ validator: new Validator({ maxSizeBytes: 2 * sizeBytes }) });
  const ticket = await storage.getUploadUrl({ ...film, sizeBytes });
  expect(ticket).toMatchObject({ protocol: 'multipart', partCount: 10_000, partSizeBytes: 5 * 1024 * MEBIBYTE });
  await expect(storage.getUploadUrl({ ...film, sizeBytes: sizeBytes + 1 })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    problems: [{ path: 'sizeBytes', code: 'FILE_TOO_LARGE' }],
  });
});

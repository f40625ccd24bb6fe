import type { CallOptions, UploadTicket } from '@videostorage/core';
import { fixtures, sendTicket } from '@videostorage/testing';
import type { EmulatorFault } from '@videostorage/testing/emulators';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

const user = { userId: 'student-1' };
const request = { ...user, contextId: 'a', fileName: 'f.mp4', sizeBytes: 0, mimeType: 'video/mp4' };
const subjects: EmulatedSubject[] = [];
const api = { matches: (call: { readonly url?: string | undefined }) => call.url?.startsWith('/client/v4/') === true };

afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.dispose();
});

async function setUp(...args: Parameters<typeof createEmulatedSubject>): Promise<EmulatedSubject> {
  const subject = await createEmulatedSubject(...args);
  subjects.push(subject);
  return subject;
}

async function upload(subject: EmulatedSubject): Promise<UploadTicket> {
  const bytes = await fixtures.moovFirst.read();
  const ticket = await subject.storage.getUploadUrl({ ...request, sizeBytes: bytes.length });
  await sendTicket(ticket, bytes, 'video/mp4');
  await subject.emulator.finishProcessing();
  return ticket;
}

type Operation = (subject: EmulatedSubject, ticket: UploadTicket, options: CallOptions) => Promise<unknown>;

const operations: Readonly<Record<string, Operation>> = {
  videoExists: ({ storage }, { videoId }, options) => storage.videoExists(videoId, options),
  getVideoMetadata: ({ storage }, { videoId }, options) => storage.getVideoMetadata(videoId, options),
  listVideos: ({ storage }, _ticket, options) => storage.listVideos(options),
  confirmUpload: ({ storage }, { uploadReference }, options) =>
    storage.confirmUpload(uploadReference, { ...user, ...options }),
  deleteVideo: ({ storage }, { videoId }, options) => storage.deleteVideo(videoId, options),
  abortUpload: ({ storage }, { uploadReference }, options) =>
    storage.abortUpload(uploadReference, { ...user, ...options }),
  getStorageUsage: ({ storage }, _ticket, options) => storage.getStorageUsage(undefined, options),
};

/** Faults, how often they are tried, and what is said when they last. */
const faults: readonly (readonly [string, EmulatorFault, number, string])[] = [
  ['500 without a body', { kind: 'status', status: 500 }, 4, 'BACKEND_UNAVAILABLE'],
  ['502', { kind: 'status', status: 502, body: '<html>Bad gateway</html>' }, 4, 'BACKEND_UNAVAILABLE'],
  ['503', { kind: 'status', status: 503 }, 4, 'BACKEND_UNAVAILABLE'],
  ['504', { kind: 'status', status: 504 }, 4, 'BACKEND_UNAVAILABLE'],
  ['429', { kind: 'status', status: 429 }, 4, 'BACKEND_THROTTLED'],
  ['429 for five minutes', { kind: 'status', status: 429, retryAfterSeconds: 300 }, 1, 'BACKEND_THROTTLED'],
  ['413, full', { kind: 'status', status: 413 }, 1, 'BACKEND_FULL'],
  ['400', { kind: 'status', status: 400 }, 1, 'BACKEND_REFUSED'],
  ['401', { kind: 'status', status: 401 }, 1, 'BACKEND_REFUSED'],
  ['403', { kind: 'status', status: 403 }, 1, 'BACKEND_REFUSED'],
  ['200 with a page', { kind: 'html' }, 4, 'BACKEND_BAD_RESPONSE'],
  ['reset before', { kind: 'reset', when: 'before-effect' }, 4, 'BACKEND_UNAVAILABLE'],
  [
    'success: false with 200',
    { kind: 'status', status: 200, body: '{"success":false,"errors":[],"messages":null,"result":null}' },
    4,
    'BACKEND_BAD_RESPONSE',
  ],
  [
    'a torn answer',
    { kind: 'status', status: 200, body: '{"success":true,"result":{"uid":' },
    4,
    'BACKEND_BAD_RESPONSE',
  ],
];

describe.each(Object.keys(operations))('%s', (name) => {
  test.each(faults)('%s lasting: %o → %i attempts, %s', async (_fault, fault, attempts, code) => {
    const subject = await setUp();
    const ticket = await upload(subject);
    subject.emulator.failNext(fault, { ...api, times: 100 });
    const run = operations[name];
    const error = { code, attempts, backendName: 'cloudflare-stream' };
    // Extras beside the port have no template around them.
    const expected = name === 'getStorageUsage' ? { code, attempts } : error;
    await expect(run?.(subject, ticket, { timeoutMs: 60_000 })).rejects.toMatchObject(expected);
  });
});

describe('a mint whose outcome is unknown', () => {
  test.each([0, 200_000_000])(
    'is looked up and given back before it is repeated (form up to %i bytes)',
    async (basicUploadMaxBytes) => {
      const subject = await setUp({ basicUploadMaxBytes });
      const isMint = (call: { readonly method?: string | undefined; readonly url?: string | undefined }) =>
        call.method === 'POST' && /\/stream(\/direct_upload|\?direct_user)/.test(call.url ?? '');
      subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isMint });
      const ticket = await subject.storage.getUploadUrl({ ...request, sizeBytes: 1000 });
      const mints = subject.emulator.requests.filter((line) => /^POST .*\/stream(\/direct_upload)?$/.test(line));
      expect(mints).toHaveLength(2);
      expect(subject.emulator.requests.filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
      expect(await subject.storage.videoExists(ticket.videoId)).toBe(true);
    },
  );
});

describe('T-A5: what Stream finds in the file', () => {
  test('a text is refused as no video, and removed', async () => {
    const subject = await setUp();
    const bytes = await fixtures.text.read();
    const ticket = await subject.storage.getUploadUrl({ ...request, sizeBytes: bytes.length });
    await sendTicket(ticket, bytes, 'video/mp4');
    await subject.emulator.finishProcessing();
    const confirm = subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure: { code: 'NOT_A_VIDEO' } });
    expect(await subject.storage.videoExists(ticket.videoId)).toBe(false);
  });

  test('a video that is too long is refused, and removed', async () => {
    const subject = await setUp();
    const bytes = await fixtures.moovFirst.read();
    const ticket = await subject.storage.getUploadUrl({ ...request, sizeBytes: bytes.length, maxDurationSeconds: 1 });
    await sendTicket(ticket, bytes, 'video/mp4');
    await subject.emulator.finishProcessing();
    const confirm = subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure: { code: 'DURATION_EXCEEDED' } });
    expect(await subject.storage.videoExists(ticket.videoId)).toBe(false);
  });
});

test('without a signing key the API signs, and the token plays', async () => {
  const subject = await setUp({ signingKeys: [] });
  const { videoId } = await upload(subject);
  const { status } = await subject.play(await subject.storage.getPlaybackUrl(videoId, { kind: 'hls' }));
  expect(status).toBe(200);
});

test('captions, downloads and signing keys are made, listed and removed', async () => {
  const { storage, ...subject } = await setUp();
  const { videoId } = await upload({ storage, ...subject } as EmulatedSubject);
  await storage.captions.upload(videoId, 'en', 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n');
  expect(await storage.captions.list(videoId)).toMatchObject([{ language: 'en', generated: false }]);
  await storage.captions.delete(videoId, 'en');
  expect(await storage.captions.list(videoId)).toEqual([]);
  await expect(storage.captions.upload(videoId, '../en', 'WEBVTT')).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  });
  await storage.downloads.create(videoId);
  expect(await storage.downloads.list(videoId)).toHaveProperty('default');
  const key = await storage.signingKeys.create();
  expect((await storage.signingKeys.list()).map(({ id }) => id)).toContain(key.id);
  await storage.signingKeys.delete(key.id);
  expect((await storage.signingKeys.list()).map(({ id }) => id)).not.toContain(key.id);
});

test('waitUntilReady waits for the vendor', async () => {
  const { storage, emulator, clock } = await setUp();
  const bytes = await fixtures.moovFirst.read();
  const ticket = await storage.getUploadUrl({ ...request, sizeBytes: bytes.length });
  await sendTicket(ticket, bytes, 'video/mp4');
  const waiting = storage.waitUntilReady(ticket.videoId);
  await emulator.finishProcessing();
  for (let step = 0; step < 50 && clock.sleeping === 0; step++) await new Promise((resolve) => setTimeout(resolve, 10));
  clock.advance(3000);
  expect((await waiting).playable).toBe(true);
});

import type { IncomingMessage } from 'node:http';
import { fixtures } from '@videostorage/testing';
import { afterEach, describe, expect, test } from 'vitest';
import type { EmulatedSubject } from '../test-support/subject.ts';
import { film, rawVideo, Subjects, send, upload, user } from '../test-support/subjects.ts';

const subjects = new Subjects();
const DAY_MS = 86_400_000;

afterEach(() => subjects.dispose());

const isMint = ({ method, url }: IncomingMessage) =>
  method === 'POST' && /\/stream(?:\/direct_upload|\?direct_user)/.test(url ?? '');
const isLookUp = ({ method, url }: IncomingMessage) => method === 'GET' && /\/stream\?/.test(url ?? '');
const isReadBack = ({ method, url }: IncomingMessage) => method === 'GET' && /\/stream\/[0-9a-f]{32}$/.test(url ?? '');
const mintsOf = ({ emulator }: EmulatedSubject) =>
  emulator.requests.filter((line) => /^POST .*\/stream(?:\/direct_upload)?$/.test(line));
const deletesOf = ({ emulator }: EmulatedSubject) => emulator.requests.filter((line) => line.startsWith('DELETE'));

describe('which way', () => {
  test.each([
    [199_999_999, {}, 'post'],
    [200_000_000, {}, 'post'],
    [200_000_001, {}, 'tus'],
    [1, { basicUploadMaxBytes: 0 }, 'tus'],
    [5_000_001, { basicUploadMaxBytes: 5_000_000 }, 'tus'],
  ])('%i bytes with %o go by %s', async (sizeBytes, options, protocol) => {
    const { storage } = await subjects.create(options);
    expect(await storage.getUploadUrl({ ...film, sizeBytes })).toMatchObject({ protocol });
  });

  test('what Stream does not take is refused before anybody is asked', async () => {
    const { storage, emulator } = await subjects.create();
    const before = emulator.requests.length;
    const tooLong = storage.getUploadUrl({ ...film, maxDurationSeconds: 36_001 });
    await expect(tooLong).rejects.toMatchObject({ problems: [{ path: 'maxDurationSeconds' }] });
    expect(emulator.requests).toHaveLength(before);
  });
});

describe.each([
  ['one form', 200_000_000],
  ['tus', 0],
])('by %s', (_way, basicUploadMaxBytes) => {
  test('every setting arrives: private, expiry, duration, origins, creator, meta, thumbnail, watermark, deletion', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const { emulator, clock } = subject;
    const watermark = await createWatermark(subject);
    const { storage } = await subject.with({
      basicUploadMaxBytes,
      allowedOrigins: ['*.example.com', 'example.com'],
      thumbnailTimestampPct: 0.25,
      watermarkUid: watermark,
      scheduledDeletionDays: 30,
    });
    const custom = { grade: '7b', note: 'größer, „höher“' };
    const request = { ...film, fileName: 'größer 漢字.mp4', custom, maxDurationSeconds: 77, uploadId: 'ab'.repeat(16) };
    const ticket = await storage.getUploadUrl(request);
    const video = await rawVideo(subject, ticket.videoId);
    expect(video).toMatchObject({
      requireSignedURLs: true,
      maxDurationSeconds: 77,
      allowedOrigins: ['*.example.com', 'example.com'],
      thumbnailTimestampPct: 0.25,
      creator: 'student-1',
      watermark: { uid: watermark },
      meta: { name: 'größer 漢字.mp4', uploadId: 'ab'.repeat(16), contextId: 'a', custom: JSON.stringify(custom) },
    });
    expect(Object.keys(video['meta'] as object).sort()).toEqual(['contextId', 'custom', 'name', 'uploadId']);
    expect(Date.parse(String(video['uploadExpiry']))).toBe(Date.parse(ticket.expiresAt));
    const hours = basicUploadMaxBytes === 0 ? 24 : 1;
    expect(Date.parse(ticket.expiresAt)).toBe(clock.now() + hours * 3_600_000);
    const days = (Date.parse(String(video['scheduledDeletion'])) - clock.now()) / DAY_MS;
    expect(days).toBeGreaterThan(30);
    expect(days).toBeLessThan(30.1);
    expect(emulator.requests.filter((line) => line.startsWith('POST'))).not.toHaveLength(0);
  });

  test('without a duration the option is reserved, never the vendor’s four hours', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes, defaultMaxDurationSeconds: 600 });
    const { videoId } = await subject.storage.getUploadUrl(film);
    expect(await rawVideo(subject, videoId)).toMatchObject({ maxDurationSeconds: 600 });
    expect((await subject.storage.getStorageUsage()).storedMinutes).toBe(10);
  });

  test('a mint of unknown outcome is looked up and given back before it is repeated', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isMint });
    const ticket = await subject.storage.getUploadUrl(film);
    expect(mintsOf(subject)).toHaveLength(2);
    expect(deletesOf(subject)).toHaveLength(1);
    expect(await subject.storage.videoExists(ticket.videoId)).toBe(true);
    expect((await subject.storage.getStorageUsage()).videos).toBe(1);
  });

  test('what has arrived under the same upload id is not given back', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const uploadId = 'a'.repeat(32);
    const { videoId } = await send(subject, { uploadId });
    subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isMint });
    await subject.storage.getUploadUrl({ ...film, uploadId });
    expect(await subject.storage.videoExists(videoId)).toBe(true);
    expect((await subject.storage.getStorageUsage()).videos).toBe(2);
  });

  test.each([
    [503, 'BACKEND_UNAVAILABLE'],
    [429, 'BACKEND_UNAVAILABLE'],
  ])('it is never repeated when the looking meets %i, though that was certainly not sent', async (status, code) => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isMint });
    subject.emulator.failNext({ kind: 'status', status }, { matches: isLookUp, times: 4 });
    await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({ code, attempts: 1, notSent: false });
    expect(mintsOf(subject)).toHaveLength(1);
  });

  test('one failure of the looking is healed', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext({ kind: 'truncated' }, { matches: isMint });
    subject.emulator.failNext({ kind: 'html' }, { matches: isLookUp });
    await subject.storage.getUploadUrl(film);
    expect((await subject.storage.getStorageUsage()).videos).toBe(1);
  });

  test.each([
    ['503', { kind: 'status', status: 503 }],
    ['429', { kind: 'status', status: 429 }],
    ['a reset', { kind: 'reset', when: 'before-effect' }],
    ['not found', { kind: 'status', status: 404, body: '{"success":false,"errors":[{"code":10003,"message":"x"}]}' }],
  ] as const)('reading back heals one %s, and gives back what it cannot read', async (_name, fault) => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext(fault, { matches: isReadBack });
    await subject.storage.getUploadUrl(film);
    expect(mintsOf(subject)).toHaveLength(1);
    subject.emulator.failNext(fault, { matches: isReadBack, times: 4 });
    await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({ attempts: 1, notSent: false });
    expect(mintsOf(subject)).toHaveLength(2);
    expect((await subject.storage.getStorageUsage()).videos).toBe(1);
  });

  test('a video that is not private as asked is given back, told, and not minted again and again', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const body = JSON.stringify({
      success: true,
      errors: [],
      result: { uid: 'f'.repeat(32), created: '2026-11-23T02:15:00Z', requireSignedURLs: false },
    });
    subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: isReadBack });
    await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({
      code: 'BACKEND_BAD_RESPONSE',
      message: expect.stringContaining('public'),
    });
    expect(mintsOf(subject)).toHaveLength(1);
    expect((await subject.storage.getStorageUsage()).videos).toBe(0);
  });

  test('an earlier expiry that is read back is the ticket’s', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const uploadExpiry = new Date(subject.clock.now() + 1_800_000).toISOString();
    const result = { uid: 'f'.repeat(32), created: '2026-11-23T02:15:00Z', requireSignedURLs: true, uploadExpiry };
    const body = JSON.stringify({ success: true, errors: [], result });
    subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: isReadBack });
    expect((await subject.storage.getUploadUrl(film)).expiresAt).toBe(uploadExpiry);
  });

  test('public where the host wants it so', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes, requireSignedUrls: false });
    const { videoId } = await subject.storage.getUploadUrl(film);
    expect(await rawVideo(subject, videoId)).toMatchObject({ requireSignedURLs: false });
  });
});

test.each([
  ['a script', 'javascript:alert(1)'],
  ['a file', 'file:///etc/passwd'],
  ['nothing', ''],
])('an upload URL that is %s never reaches a browser', async (_name, uploadURL) => {
  const subject = await subjects.create();
  const body = JSON.stringify({ success: true, errors: [], result: { uid: 'f'.repeat(32), uploadURL } });
  subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: isMint, times: 10 });
  await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
});

test('decision 4: the creator is the user’s id, or its SHA-256 where that does not fit', async () => {
  const subject = await subjects.create();
  const cases = [
    ['a b', 'a b'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), /^[0-9a-f]{64}$/],
    ['größe', /^[0-9a-f]{64}$/],
  ] as const;
  for (const [userId, creator] of cases) {
    const { videoId } = await subject.storage.getUploadUrl({ ...film, userId });
    expect((await rawVideo(subject, videoId))['creator']).toEqual(
      typeof creator === 'string' ? creator : expect.stringMatching(creator),
    );
    for (const form of ['NFC', 'NFD'] as const) {
      expect((await subject.storage.getStorageUsage(userId.normalize(form))).videos).toBe(1);
    }
  }
});

describe('T-A5: what Stream finds in the file', () => {
  test.each([
    ['a text', fixtures.text, {}, 'NOT_A_VIDEO'],
    ['a video that is too long', fixtures.moovFirst, { maxDurationSeconds: 1 }, 'DURATION_EXCEEDED'],
    ['a damaged video', fixtures.truncated, {}, 'MALFORMED'],
  ])('%s is refused, and removed', async (_name, fixture, changes, code) => {
    const subject = await subjects.create();
    const ticket = await send(subject, changes, fixture);
    await subject.emulator.finishProcessing();
    expect(await subject.storage.getVideoMetadata(ticket.videoId)).toMatchObject({
      status: 'failed',
      failure: { code },
    });
    const confirm = subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure: { code } });
    expect(await subject.storage.videoExists(ticket.videoId)).toBe(false);
  });
});

test('playable and fully encoded are told apart', async () => {
  const subject = await subjects.create();
  const { videoId } = await send(subject);
  const seen: unknown[] = [];
  for (let step = 0; step < 7; step++) {
    const { status, playable, progress } = await subject.storage.getVideoMetadata(videoId);
    seen.push([status, playable, progress]);
    subject.clock.advance(1000);
  }
  expect(seen).toEqual([
    ['processing', false, 0],
    ['processing', false, 0],
    ['processing', false, 0.195],
    ['ready', true, 0.39],
    ['ready', true, 0.39],
    ['ready', true, undefined],
    ['ready', true, undefined],
  ]);
});

test('somebody else’s video under a reference is not found', async () => {
  const subject = await subjects.create();
  const ticket = await upload(subject);
  await subject.storage.updateVideo(ticket.videoId, { fileName: 'renamed.mp4' });
  expect(await subject.storage.confirmUpload(ticket.uploadReference, user)).toMatchObject({ fileName: 'renamed.mp4' });
});

async function createWatermark({ emulator }: EmulatedSubject): Promise<string> {
  const form = new FormData();
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  form.append('file', new Blob([Buffer.from(pixel, 'base64')], { type: 'image/png' }), 'mark.png');
  const url = `${emulator.apiOrigin}/client/v4/accounts/${emulator.accountId}/stream/watermarks`;
  const headers = { authorization: `Bearer ${emulator.apiToken}` };
  const answer = await fetch(url, { method: 'POST', headers, body: form });
  return ((await answer.json()) as { readonly result: { readonly uid: string } }).result.uid;
}

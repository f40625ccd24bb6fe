import type { IncomingMessage } from 'node:http';
import { Validator } from '@videostorage/core';
import type { EmulatorFault } from '@videostorage/emulators';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EmulatedSubject } from '../test-support/subject.ts';
import { film, occupied, rawVideo, Subjects, send, upload, user } from '../test-support/subjects.ts';

const subjects = new Subjects();
const DAY_MS = 86_400_000;

afterEach(() => subjects.dispose());

const isCreation = ({ method, url }: IncomingMessage) =>
  method === 'POST' && /\/stream(?:\/direct_upload|\?direct_user)/.test(url ?? '');
const isLookUp = ({ method, url }: IncomingMessage) => method === 'GET' && /\/stream\?/.test(url ?? '');
const isVideo =
  (verb: string) =>
  ({ method, url }: IncomingMessage) =>
    method === verb && /\/stream\/[0-9a-f]{32}$/.test(url ?? '');
const isReadBack = isVideo('GET');
const creations = ({ emulator }: EmulatedSubject) =>
  emulator.requests.filter((line) => /^POST .*\/stream(?:\/direct_upload)?$/.test(line));
const deletions = ({ emulator }: EmulatedSubject) => emulator.requests.filter((line) => line.startsWith('DELETE'));
const edits = ({ emulator }: EmulatedSubject) =>
  emulator.requests.filter((line) => /^POST .*\/stream\/[0-9a-f]{32}$/.test(line));
/** Minutes that one upload of `film` reserves. */
const RESERVED = 120;

describe('which way', () => {
  test.each([
    [16_777_216, {}, 'post'],
    [16_777_217, {}, 'tus'],
    [200_000_000, { basicUploadMaxBytes: 200_000_000 }, 'post'],
    [200_000_001, { basicUploadMaxBytes: 200_000_000 }, 'tus'],
    [1, { basicUploadMaxBytes: 0 }, 'tus'],
    [5_000_001, { basicUploadMaxBytes: 5_000_000 }, 'tus'],
  ])('%i bytes with %o are sent by %s', async (sizeBytes, options, protocol) => {
    const { storage } = await subjects.create(options);
    expect(await storage.getUploadUrl({ ...film, sizeBytes })).toMatchObject({ protocol });
  });

  test('the maximum of Stream is accepted: 30 GB and ten hours; a byte or a second more is refused', async () => {
    const validator = new Validator({ maxSizeBytes: 40_000_000_000, maxDurationSeconds: 100_000 });
    const { storage } = await subjects.create({ validator });
    const atMost = { sizeBytes: 30_000_000_000, maxDurationSeconds: 36_000 };
    expect(await storage.getUploadUrl({ ...film, ...atMost })).toMatchObject({ protocol: 'tus' });
    const tooLarge = storage.getUploadUrl({ ...film, ...atMost, sizeBytes: 30_000_000_001 });
    const size = { path: 'sizeBytes', code: 'FILE_TOO_LARGE', message: expect.stringContaining('30 GB') };
    await expect(tooLarge).rejects.toMatchObject({ problems: [size] });
    const tooLong = storage.getUploadUrl({ ...film, ...atMost, maxDurationSeconds: 36_001 });
    const length = { path: 'maxDurationSeconds', code: 'DURATION_INVALID', message: expect.stringContaining('36000') };
    await expect(tooLong).rejects.toMatchObject({ problems: [length] });
  });

  test('a file that Stream does not accept is refused before anything is sent', async () => {
    const validator = new Validator({ maxDurationSeconds: 100_000 });
    const { storage, emulator } = await subjects.create({ validator });
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
  test.each([
    ['as documented', {}, 0],
    [
      'when tus applies none of the optional settings',
      {
        tusKeysNotTaken: [
          'scheduleddeletion',
          'allowedorigins',
          'thumbnailtimestamppct',
          'requiresignedurls',
          'maxdurationseconds',
        ],
      },
      1,
    ],
    ['when the keys of `meta` become lower case', { tusMetaKeys: 'lower-case' }, 0],
  ] as const)('a new video has every setting in the end, %s', async (_name, emulated, editsByTus) => {
    const subject = await subjects.create({ basicUploadMaxBytes }, emulated);
    const { clock } = subject;
    const watermark = await createWatermark(subject);
    const { storage } = subject.with({
      basicUploadMaxBytes,
      allowedHosts: ['*.example.com', 'example.com'],
      thumbnailTimestampPct: 0.25,
      watermarkUid: watermark,
      scheduledDeletionDays: 30,
    });
    const custom = { grade: '7b', note: 'größer, „höher“' };
    const uploadId = 'ab'.repeat(16);
    const request = { ...film, fileName: 'größer 漢字.mp4', custom, maxDurationSeconds: 77, uploadId };
    const ticket = await storage.getUploadUrl(request);
    const video = await rawVideo(subject, ticket.videoId);
    expect(video).toMatchObject({
      requireSignedURLs: true,
      maxDurationSeconds: 77,
      allowedOrigins: ['*.example.com', 'example.com'],
      thumbnailTimestampPct: 0.25,
      creator: `vs-upload-${uploadId}`,
      watermark: { uid: watermark },
      meta: { name: 'größer 漢字.mp4', custom: JSON.stringify(custom) },
    });
    expect(edits(subject)).toHaveLength(basicUploadMaxBytes === 0 ? editsByTus : 0);
    expect(Date.parse(String(video['uploadExpiry']))).toBe(Date.parse(ticket.expiresAt));
    const hours = basicUploadMaxBytes === 0 ? 24 : 1;
    expect(Date.parse(ticket.expiresAt)).toBe(clock.now() + hours * 3_600_000);
    const days = (Date.parse(String(video['scheduledDeletion'])) - clock.now()) / DAY_MS;
    expect(days).toBeGreaterThan(30);
    expect(days).toBeLessThan(30.1);
  });

  test('a setting that no edit can set is an error that is not retryable, and nothing is left', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes }, { tusKeysNotTaken: ['watermark'] });
    const watermarkUid = await createWatermark(subject);
    const { storage } = subject.with({ basicUploadMaxBytes, watermarkUid });
    const ticket = storage.getUploadUrl(film);
    if (basicUploadMaxBytes > 0) return void (await ticket);
    await expect(ticket).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      retryable: false,
      message: expect.stringContaining('`watermarkUid`'),
    });
    expect(await occupied(subject)).toEqual([0, 0]);
  });

  test('without a duration in the request, that of the option is reserved, never the provider’s four hours', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes, defaultMaxDurationSeconds: 600 });
    const { videoId } = await subject.storage.getUploadUrl(film);
    expect(await rawVideo(subject, videoId)).toMatchObject({ maxDurationSeconds: 600 });
    expect(await occupied(subject)).toEqual([1, 10]);
  });

  test('an upload whose creation has lost its answer is released, then created again', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isCreation });
    const ticket = await subject.storage.getUploadUrl(film);
    expect(creations(subject)).toHaveLength(2);
    expect(deletions(subject)).toHaveLength(1);
    expect((await rawVideo(subject, ticket.videoId))['uid']).toBe(ticket.videoId);
    expect(await occupied(subject)).toEqual([1, RESERVED]);
  });

  test.each([
    ['the creation', isCreation],
    ['the read-back', isReadBack],
  ])('a deadline during %s leaves nothing at the provider, and names the upload', async (_name, matches) => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const uploadId = 'a'.repeat(32);
    subject.emulator.failNext({ kind: 'unanswered' }, { matches, times: 9 });
    await expect(subject.storage.getUploadUrl({ ...film, uploadId }, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      uploadId,
      operation: 'getUploadUrl',
    });
    expect(await occupied(subject)).toEqual([0, 0]);
  });

  test.each([
    ['the creation', isCreation],
    ['the read-back', isReadBack],
  ])('a caller who aborts during %s gets their own reason, and nothing is left', async (_name, matches) => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const controller = new AbortController();
    const reason = new Error('gone');
    subject.emulator.failNext({ kind: 'unanswered' }, { matches });
    const ticket = subject.storage.getUploadUrl(film, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 100);
    await expect(ticket).rejects.toBe(reason);
    expect(await occupied(subject)).toEqual([0, 0]);
  });

  test('releasing a lost attempt removes neither an upload in progress of the same id nor a confirmed one', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const uploadId = 'a'.repeat(32);
    const underWay = await subject.storage.getUploadUrl({ ...film, uploadId });
    const ready = await upload(subject, { uploadId });
    subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isCreation, times: 3 });
    await expect(subject.storage.getUploadUrl({ ...film, uploadId })).rejects.toMatchObject({ uploadId });
    expect(deletions(subject)).toHaveLength(3);
    expect((await rawVideo(subject, underWay.videoId))['uid']).toBe(underWay.videoId);
    expect(await subject.storage.videoExists(ready.videoId)).toBe(true);
  });

  test.each([
    [503, 'BACKEND_UNAVAILABLE'],
    [429, 'BACKEND_UNAVAILABLE'],
  ])('it is not created again when the look-up fails with %i', async (status, code) => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isCreation });
    subject.emulator.failNext({ kind: 'status', status }, { matches: isLookUp, times: 4 });
    await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({ code, attempts: 1, notSent: false });
    expect(creations(subject)).toHaveLength(1);
  });

  test('one failure of the look-up is retried', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext({ kind: 'truncated' }, { matches: isCreation });
    subject.emulator.failNext({ kind: 'html' }, { matches: isLookUp });
    await subject.storage.getUploadUrl(film);
    expect(await occupied(subject)).toEqual([1, RESERVED]);
  });

  test.each([
    ['503', { kind: 'status', status: 503 }],
    ['429', { kind: 'status', status: 429 }],
    ['a reset', { kind: 'reset', when: 'before-effect' }],
    ['not found', { kind: 'status', status: 404, body: '{"success":false,"errors":[{"code":10003,"message":"x"}]}' }],
  ] as const)('one failure of the read-back (%s) is retried; else the upload is released', async (_name, fault) => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext(fault, { matches: isReadBack });
    await subject.storage.getUploadUrl(film);
    expect(creations(subject)).toHaveLength(1);
    subject.emulator.failNext(fault, { matches: isReadBack, times: 4 });
    await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({ attempts: 4, retryable: true });
    expect(creations(subject)).toHaveLength(2);
    expect(await occupied(subject)).toEqual([1, RESERVED]);
  });

  test('an upload that stays public is released, and its error is not retryable', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const body = JSON.stringify({
      ...{ success: true, errors: [] },
      result: { uid: 'f'.repeat(32), created: '2026-11-23T02:15:00Z', requireSignedURLs: false },
    });
    subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: isReadBack });
    subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: isVideo('POST') });
    await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      retryable: false,
      message: expect.stringContaining('public'),
    });
    expect(creations(subject)).toHaveLength(1);
    expect(await occupied(subject)).toEqual([0, 0]);
  });

  test('an earlier expiry that is read back is the ticket’s', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const { emulator, clock } = subject;
    const uploadExpiry = new Date(clock.now() + 1_800_000).toISOString();
    emulator.failNext({ kind: 'slow', delayMs: 300 }, { matches: isReadBack });
    const pending = subject.storage.getUploadUrl(film);
    const path = await vi.waitFor(() => {
      const line = emulator.requests.find((each) => /^GET .*\/stream\/[0-9a-f]{32}$/.test(each));
      if (line === undefined) throw new Error('The read-back has not been requested yet.');
      return line.slice('GET '.length);
    });
    const headers = { authorization: `Bearer ${emulator.apiToken}`, 'content-type': 'application/json' };
    await fetch(emulator.apiOrigin + path, { method: 'POST', headers, body: JSON.stringify({ uploadExpiry }) });
    expect((await pending).expiresAt).toBe(uploadExpiry);
  });

  test('videos are public when the host app sets that', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes, requireSignedUrls: false });
    const { videoId } = await subject.storage.getUploadUrl(film);
    expect(await rawVideo(subject, videoId)).toMatchObject({ requireSignedURLs: false });
  });

  test.each([
    [429, 'Too many videos: 120 videos are queued or encoding already.'],
    [429, 'Please try again later.'],
    [413, 'Nothing that anybody has documented'],
  ] as const)(
    '%i without `Retry-After` is FULL whatever its message (%s): one request, and an error that explains the fix',
    async (status, message) => {
      const subject = await subjects.create({ basicUploadMaxBytes });
      const body = JSON.stringify({ result: null, success: false, errors: [{ code: 10006, message }], messages: null });
      subject.emulator.failNext({ kind: 'status', status, body }, { matches: isCreation });
      const error: unknown = await subject.storage.getUploadUrl(film).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'BACKEND_FULL', retryable: false, attempts: 1 });
      expect(String(error)).toContain(message);
      expect(String(error)).toContain('wait for the encoder');
      expect(creations(subject)).toHaveLength(1);
    },
  );

  test('full minutes stay full whatever `Retry-After` says: no time is named after which to ask again', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const errors = [{ code: 10011, message: 'Storage capacity exceeded' }];
    const body = JSON.stringify({ result: null, success: false, errors, messages: null });
    subject.emulator.failNext({ kind: 'status', status: 413, body, retryAfterSeconds: 300 }, { matches: isCreation });
    const error: unknown = await subject.storage.getUploadUrl(film).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BACKEND_FULL', retryable: false, attempts: 1 });
    expect(error).not.toMatchObject({ retryAfterMs: expect.anything() });
  });

  test('with `Retry-After` it is a rate limit, and waited for', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext({ kind: 'status', status: 429, retryAfterSeconds: 0 }, { matches: isCreation });
    await subject.storage.getUploadUrl(film);
    expect(creations(subject)).toHaveLength(2);
  });

  test('the message distinguishes used-up minutes from videos that wait', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes }, { storageMinutes: 100 });
    const error: unknown = await subject.storage.getUploadUrl(film).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BACKEND_FULL' });
    expect(String(error)).toContain('buy minutes');
    expect(String(error)).toContain('You have been allocated 100 minutes');
  });

  test.each([-3_660_000, 3_600_000])(
    'a host app whose clock is %i ms wrong creates, confirms and plays; a lost creation is still found',
    async (offMs) => {
      const subject = await subjects.create({ basicUploadMaxBytes, scheduledDeletionDays: 30 });
      const { clock } = subject;
      const skewed = {
        now: () => clock.now() + offMs,
        sleep: (delayMs: number, signal?: AbortSignal) => clock.sleep(delayMs, signal),
      };
      const { storage } = subject.with({ basicUploadMaxBytes, scheduledDeletionDays: 30, clock: skewed });
      subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isCreation });
      const ticket = await send({ storage });
      expect(Date.parse(ticket.expiresAt) - skewed.now()).toBe(basicUploadMaxBytes === 0 ? DAY_MS : 3_600_000);
      expect((await occupied(subject))[0]).toBe(1);
      await subject.emulator.finishProcessing();
      await storage.confirmUpload(ticket.uploadReference, user);
      for (const expiresInSeconds of [60, 86_400]) {
        const { url } = await storage.getPlaybackUrl(ticket.videoId, { kind: 'hls', expiresInSeconds });
        expect((await fetch(url)).status).toBe(200);
      }
    },
  );
});

describe('a refusal whose answer shows that the host app’s clock is wrong', () => {
  const refusal = (status: number, code = 10005): EmulatorFault => {
    const errors = [{ code, message: 'The expiry is not acceptable.' }];
    return { kind: 'status', status, body: JSON.stringify({ success: false, errors, result: null }) };
  };
  const skewedBy = ({ clock }: EmulatedSubject, offMs: () => number) => ({
    // In whole seconds, as the header `Date` counts.
    now: () => wholeSeconds(clock.now()) + offMs(),
    sleep: (delayMs: number, signal?: AbortSignal) => clock.sleep(delayMs, signal),
  });
  const wholeSeconds = (timeMs: number) => Math.floor(timeMs / 1000) * 1000;

  test.each([60_000, 3_600_000])(
    'by %i ms: the upload is requested again with the right times, once',
    async (offMs) => {
      const subject = await subjects.create();
      const { storage } = subject.with({ clock: skewedBy(subject, () => offMs) });
      subject.emulator.failNext(refusal(400), { matches: isCreation });
      const { videoId } = await storage.getUploadUrl(film);
      expect(creations(subject)).toHaveLength(2);
      const { uploadExpiry } = await rawVideo(subject, videoId);
      expect(Date.parse(String(uploadExpiry))).toBe(wholeSeconds(subject.clock.now()) + 3_600_000);
      subject.emulator.failNext(refusal(400), { matches: isCreation });
      await expect(storage.getUploadUrl(film)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status: 400 });
      expect(creations(subject), 'a known difference is no reason for another request').toHaveLength(3);
    },
  );

  test.each([
    ['not permitted', refusal(403), 'BACKEND_REFUSED'],
    ['full', refusal(400, 10011), 'BACKEND_FULL'],
  ])('but has another cause (%s) is final', async (_name, fault, code) => {
    const subject = await subjects.create();
    const { storage } = subject.with({ clock: skewedBy(subject, () => 3_600_000) });
    subject.emulator.failNext(fault, { matches: isCreation });
    await expect(storage.getUploadUrl(film)).rejects.toMatchObject({ code });
    expect(creations(subject)).toHaveLength(1);
  });

  test('by another difference each time is final at the third', async () => {
    const subject = await subjects.create();
    const { storage } = subject.with({ clock: skewedBy(subject, () => creations(subject).length * 3_600_000) });
    subject.emulator.failNext(refusal(400), { matches: isCreation, times: 9 });
    await expect(storage.getUploadUrl(film)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    expect(creations(subject)).toHaveLength(3);
  });
});

test.each([
  ['a script', 'javascript:alert(1)'],
  ['a file', 'file:///etc/passwd'],
  ['nothing', ''],
])('an upload URL that is %s never reaches a browser', async (_name, uploadURL) => {
  const subject = await subjects.create();
  const body = JSON.stringify({ success: true, errors: [], result: { uid: 'f'.repeat(32), uploadURL } });
  subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: isCreation, times: 10 });
  await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
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

import type { IncomingMessage } from 'node:http';
import type { EmulatorFault } from '@videostorage/emulators';
import { fixtures } from '@videostorage/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EmulatedSubject } from '../test-support/subject.ts';
import { confirmed, film, occupied, rawVideo, Subjects, send, upload, user } from '../test-support/subjects.ts';

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
  ])('%i bytes with %o go by %s', async (sizeBytes, options, protocol) => {
    const { storage } = await subjects.create(options);
    expect(await storage.getUploadUrl({ ...film, sizeBytes })).toMatchObject({ protocol });
  });

  test('what Stream does not take is refused before anything is sent', async () => {
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
  test.each([
    ['as documented', {}, 0],
    [
      'where tus takes none of the optional settings',
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
    ['where the keys of `meta` lose their case', { tusMetaKeys: 'lower-case' }, 0],
  ] as const)('C4: every setting is there in the end, %s', async (_name, emulated, editsByTus) => {
    const subject = await subjects.create({ basicUploadMaxBytes }, emulated);
    const { clock } = subject;
    const watermark = await createWatermark(subject);
    const { storage } = subject.with({
      basicUploadMaxBytes,
      allowedOrigins: ['*.example.com', 'example.com'],
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

  test('C4: a setting that no edit can set is an error that is not retryable, and nothing is left', async () => {
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

  test('decision 26: without a duration the option is reserved, never the provider’s four hours', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes, defaultMaxDurationSeconds: 600 });
    const { videoId } = await subject.storage.getUploadUrl(film);
    expect(await rawVideo(subject, videoId)).toMatchObject({ maxDurationSeconds: 600 });
    expect(await occupied(subject)).toEqual([1, 10]);
  });

  test.each<EmulatorFault>([{ kind: 'reset', when: 'after-effect' }])(
    '§4.8 C1: an upload whose creation has lost its answer is released, then created again',
    async (fault) => {
      const subject = await subjects.create({ basicUploadMaxBytes });
      subject.emulator.failNext(fault, { matches: isCreation });
      const ticket = await subject.storage.getUploadUrl(film);
      expect(creations(subject)).toHaveLength(2);
      expect(deletions(subject)).toHaveLength(1);
      expect((await rawVideo(subject, ticket.videoId))['uid']).toBe(ticket.videoId);
      expect(await occupied(subject)).toEqual([1, RESERVED]);
    },
  );

  test.each([
    ['the creation', isCreation],
    ['the read-back', isReadBack],
  ])('§4.8 C1: a deadline during %s leaves nothing at the provider, and names the upload', async (_name, matches) => {
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
  ])('§4.8 C1: a caller who aborts during %s hears the very reason, and nothing is left', async (_name, matches) => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    const controller = new AbortController();
    const reason = new Error('gone');
    subject.emulator.failNext({ kind: 'unanswered' }, { matches });
    const ticket = subject.storage.getUploadUrl(film, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 100);
    await expect(ticket).rejects.toBe(reason);
    expect(await occupied(subject)).toEqual([0, 0]);
  });

  test('C7: releasing a lost attempt removes neither an upload under way of the same id nor a confirmed one', async () => {
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
  ])('it is not created again when the look-up meets %i, though that was certainly not sent', async (status, code) => {
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
  ] as const)('one failure of the read-back (%s) is retried; what cannot be read is released', async (_name, fault) => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext(fault, { matches: isReadBack });
    await subject.storage.getUploadUrl(film);
    expect(creations(subject)).toHaveLength(1);
    subject.emulator.failNext(fault, { matches: isReadBack, times: 4 });
    await expect(subject.storage.getUploadUrl(film)).rejects.toMatchObject({ attempts: 4, retryable: true });
    expect(creations(subject)).toHaveLength(2);
    expect(await occupied(subject)).toEqual([1, RESERVED]);
  });

  test('C11: an upload that stays public is released, and its error is not retryable', async () => {
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
      if (line === undefined) throw new Error('The read-back has not come yet.');
      return line.slice('GET '.length);
    });
    const headers = { authorization: `Bearer ${emulator.apiToken}`, 'content-type': 'application/json' };
    await fetch(emulator.apiOrigin + path, { method: 'POST', headers, body: JSON.stringify({ uploadExpiry }) });
    expect((await pending).expiresAt).toBe(uploadExpiry);
  });

  test('public where the host wants it so', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes, requireSignedUrls: false });
    const { videoId } = await subject.storage.getUploadUrl(film);
    expect(await rawVideo(subject, videoId)).toMatchObject({ requireSignedURLs: false });
  });

  test.each([
    [429, 'Too many videos: 120 videos are queued or encoding already.'],
    [429, 'Please try again later.'],
    [413, 'Nothing that anybody has documented'],
  ] as const)(
    'C2: %i without `Retry-After` is FULL whatever its words (%s): one request, and a message that explains itself',
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

  test('C2: with `Retry-After` it is a rate limit, and waited for', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes });
    subject.emulator.failNext({ kind: 'status', status: 429, retryAfterSeconds: 0 }, { matches: isCreation });
    await subject.storage.getUploadUrl(film);
    expect(creations(subject)).toHaveLength(2);
  });

  test('C8: minutes that are used up are distinguished from videos that wait, in a sentence', async () => {
    const subject = await subjects.create({ basicUploadMaxBytes }, { storageMinutes: 100 });
    const error: unknown = await subject.storage.getUploadUrl(film).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BACKEND_FULL' });
    expect(String(error)).toContain('buy minutes');
    expect(String(error)).toContain('You have been allocated 100 minutes');
  });

  test.each([-3_660_000, -3_600_000, 3_600_000, 3_660_000])(
    'C6: a host whose clock is %i ms off creates, confirms and plays; a lost creation is found all the same',
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

describe('§4.1: from the first successful confirm on', () => {
  test.each([
    ['created', async () => {}],
    ['sent', async (subject: EmulatedSubject) => subject.emulator.finishProcessing()],
  ])('an upload that is %s and not confirmed is not found, not listed and has no metadata', async (_name, proceed) => {
    const subject = await subjects.create();
    const { storage } = subject;
    const ticket = await (_name === 'created' ? storage.getUploadUrl(film) : send(subject));
    await proceed(subject);
    const missing = { code: 'VIDEO_NOT_FOUND' };
    expect(await storage.videoExists(ticket.videoId)).toBe(false);
    await expect(storage.getVideoMetadata(ticket.videoId)).rejects.toMatchObject(missing);
    await expect(storage.updateVideo(ticket.videoId, { fileName: 'x.mp4' })).rejects.toMatchObject(missing);
    expect((await storage.listVideos()).videos).toEqual([]);
  });

  test('decision 4: confirm sets the creator by one edit; repeated it asks only', async () => {
    const subject = await subjects.create();
    const ticket = await send(subject);
    const first = await subject.storage.confirmUpload(ticket.uploadReference, user);
    expect(edits(subject)).toHaveLength(1);
    expect(await rawVideo(subject, ticket.videoId)).toMatchObject({ creator: 'student-1' });
    expect(await subject.storage.confirmUpload(ticket.uploadReference, user)).toEqual(first);
    expect(edits(subject)).toHaveLength(1);
    expect(await subject.storage.getVideoMetadata(ticket.videoId)).toMatchObject({
      userId: 'student-1',
      contextId: 'a',
    });
  });

  test('§4.3: confirms at once, of two hosts, have one outcome', async () => {
    const subject = await subjects.create();
    const ticket = await send(subject);
    const hosts = [subject.storage, subject.with({}).storage];
    const answers = await Promise.all(hosts.map((host) => host.confirmUpload(ticket.uploadReference, user)));
    expect(answers[0]).toEqual(answers[1]);
    expect((await subject.storage.listVideos()).videos).toHaveLength(1);
  });

  test('decision 4: the creator is the user’s id, or its SHA-256 where that does not fit or names an upload', async () => {
    const subject = await subjects.create();
    const cases = [
      ['a b', 'a b'],
      ['x'.repeat(64), 'x'.repeat(64)],
      ['x'.repeat(65), /^[0-9a-f]{64}$/],
      ['größe', /^[0-9a-f]{64}$/],
      [`vs-upload-${'a'.repeat(32)}`, /^[0-9a-f]{64}$/],
    ] as const;
    for (const [userId, creator] of cases) {
      const { videoId } = await confirmed(subject, { userId });
      expect((await rawVideo(subject, videoId))['creator']).toEqual(
        typeof creator === 'string' ? creator : expect.stringMatching(creator),
      );
      expect(await subject.storage.videoExists(videoId)).toBe(true);
      for (const form of ['NFC', 'NFD'] as const) {
        expect((await subject.storage.getStorageUsage(userId.normalize(form))).videos).toBe(1);
      }
    }
  });

  test('another user’s video of the same id, and one whose upload is another, is not found', async () => {
    const subject = await subjects.create();
    const ticket = await upload(subject);
    await subject.storage.adoptVideo(ticket.videoId, { userId: 'student-2' });
    await expect(subject.storage.confirmUpload(ticket.uploadReference, user)).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });
  });

  test('a renamed video is confirmed again as it is', async () => {
    const subject = await subjects.create();
    const ticket = await upload(subject);
    await subject.storage.updateVideo(ticket.videoId, { fileName: 'renamed.mp4' });
    const again = await subject.storage.confirmUpload(ticket.uploadReference, user);
    expect(again).toMatchObject({ fileName: 'renamed.mp4' });
  });
});

describe('§4.5: abort', () => {
  test('releases an upload with its minutes, whatever has arrived, and succeeds again', async () => {
    const subject = await subjects.create();
    for (const create of [() => subject.storage.getUploadUrl(film), () => send(subject)]) {
      const ticket = await create();
      await subject.storage.abortUpload(ticket.uploadReference, user);
      await subject.storage.abortUpload(ticket.uploadReference, user);
      expect(await occupied(subject)).toEqual([0, 0]);
      await expect(subject.storage.confirmUpload(ticket.uploadReference, user)).rejects.toMatchObject({
        code: 'VIDEO_NOT_FOUND',
      });
    }
  });

  test('S5: on a confirmed video it changes nothing', async () => {
    const subject = await subjects.create();
    const ticket = await upload(subject);
    await subject.storage.abortUpload(ticket.uploadReference, user);
    expect(await subject.storage.videoExists(ticket.videoId)).toBe(true);
    expect(deletions(subject)).toEqual([]);
  });
});

describe('T-A5, §4.4: what Stream finds in the file', () => {
  test.each([
    ['a text', fixtures.text, {}, 'NOT_A_VIDEO'],
    ['a video that is too long', fixtures.moovFirst, { maxDurationSeconds: 1 }, 'DURATION_EXCEEDED'],
    ['a damaged video', fixtures.truncated, {}, 'MALFORMED'],
  ])('%s is refused, and removed; S7: from then on it is not found', async (_name, fixture, changes, code) => {
    const subject = await subjects.create();
    const ticket = await send(subject, changes, fixture);
    await subject.emulator.finishProcessing();
    const confirm = () => subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm()).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure: { code } });
    expect(await occupied(subject)).toEqual([0, 0]);
    await expect(confirm()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  test('decision 26: a default duration deletes nothing: what is longer is undetermined, and abort releases it', async () => {
    const subject = await subjects.create({ defaultMaxDurationSeconds: 1 });
    const ticket = await send(subject);
    await subject.emulator.finishProcessing();
    const confirm = subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm).rejects.toMatchObject({
      code: 'CONTENT_UNVERIFIABLE',
      message: expect.stringContaining('`maxDurationSeconds`'),
    });
    expect((await occupied(subject))[0]).toBe(1);
    await subject.storage.abortUpload(ticket.uploadReference, user);
    expect(await occupied(subject)).toEqual([0, 0]);
  });
});

describe('§4.7 C3: only 10003 is absence', () => {
  test.each([7003, 7000, 0])('a 404 with code %i is an error of every question and removal', async (code) => {
    const subject = await subjects.create();
    const { videoId, uploadReference } = await upload(subject);
    const body = JSON.stringify({
      result: null,
      success: false,
      errors: [{ code, message: 'No route' }],
      messages: null,
    });
    const { storage } = subject;
    const questions = [
      () => storage.videoExists(videoId),
      () => storage.getVideoMetadata(videoId),
      () => storage.deleteVideo(videoId),
      () => storage.confirmUpload(uploadReference, user),
      () => storage.abortUpload(uploadReference, user),
      () => storage.captions.list(videoId),
      () => storage.downloads.delete(videoId),
    ];
    for (const question of questions) {
      subject.emulator.failNext({ kind: 'status', status: 404, body });
      await expect(question()).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    }
    expect(await storage.videoExists(videoId)).toBe(true);
  });
});

test('playable and fully encoded are distinguished', async () => {
  const subject = await subjects.create();
  const { videoId } = await confirmed(subject);
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

async function createWatermark({ emulator }: EmulatedSubject): Promise<string> {
  const form = new FormData();
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  form.append('file', new Blob([Buffer.from(pixel, 'base64')], { type: 'image/png' }), 'mark.png');
  const url = `${emulator.apiOrigin}/client/v4/accounts/${emulator.accountId}/stream/watermarks`;
  const headers = { authorization: `Bearer ${emulator.apiToken}` };
  const answer = await fetch(url, { method: 'POST', headers, body: form });
  return ((await answer.json()) as { readonly result: { readonly uid: string } }).result.uid;
}

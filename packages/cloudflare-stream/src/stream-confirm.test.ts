import { Logger, Secret, toTimestamp, UploadReference } from '@videostorage/core';
import { fixtures } from '@videostorage/testing';
import { Agent, type Dispatcher } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { type EmulatedSubject, REFERENCE_SECRET } from '../test-support/subject.ts';
import { confirmed, film, occupied, rawVideo, Subjects, send, upload, user } from '../test-support/subjects.ts';

const subjects = new Subjects();

afterEach(() => subjects.dispose());

const deletions = ({ emulator }: EmulatedSubject) => emulator.requests.filter((line) => line.startsWith('DELETE'));
const edits = ({ emulator }: EmulatedSubject) =>
  emulator.requests.filter((line) => /^POST .*\/stream\/[0-9a-f]{32}$/.test(line));

describe('from the first successful confirm on', () => {
  test.each([
    ['created', ({ storage }: EmulatedSubject) => storage.getUploadUrl(film)],
    ['sent', (subject: EmulatedSubject) => send(subject)],
  ])('an upload that is %s and not confirmed is not found, not listed and has no metadata', async (_name, create) => {
    const subject = await subjects.create();
    const { storage } = subject;
    const ticket = await create(subject);
    await subject.emulator.finishProcessing();
    const missing = { code: 'VIDEO_NOT_FOUND' };
    expect(await storage.videoExists(ticket.videoId)).toBe(false);
    await expect(storage.getVideoMetadata(ticket.videoId)).rejects.toMatchObject(missing);
    await expect(storage.updateVideo(ticket.videoId, { fileName: 'x.mp4' })).rejects.toMatchObject(missing);
    expect((await storage.listVideos()).videos).toEqual([]);
  });

  test('confirm sets the creator by one edit; a repeated confirm only reads', async () => {
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

  test('a reference of another upload does not confirm the video, although the user is the same', async () => {
    const subject = await subjects.create();
    const ticket = await confirmed(subject);
    const other = await new UploadReference([new Secret(REFERENCE_SECRET)], subject.clock).sign({
      ...{ backendName: 'cloudflare-stream', uploadId: 'f'.repeat(32), videoId: ticket.videoId, ...user },
      ...{ contextId: 'a', sizeBytes: film.sizeBytes, mimeType: 'video/mp4' },
      validUntil: toTimestamp(subject.clock.now() + 3_600_000),
    });
    const missing = { code: 'VIDEO_NOT_FOUND' };
    await expect(subject.storage.confirmUpload(other, user)).rejects.toMatchObject(missing);
    await subject.storage.abortUpload(other, user);
    expect(await subject.storage.videoExists(ticket.videoId)).toBe(true);
  });

  test('an upload that an abort deletes at the moment of its confirm is not reported as a video', async () => {
    const subject = await subjects.create();
    const ticket = await send(subject);
    const { videoId, uploadReference } = ticket;
    let reads = 0;
    const deletesBeforeReadBack: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
      const isRead = options.method === 'GET' && options.path.endsWith(`/stream/${videoId}`);
      if (!isRead || ++reads !== 2) return dispatch(options, handler);
      void subject.storage.deleteVideo(videoId).then(() => dispatch(options, handler));
      return true;
    };
    const { storage } = subject.with({ dispatcher: new Agent().compose(deletesBeforeReadBack) });
    await expect(storage.confirmUpload(uploadReference, user)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect([reads, edits(subject).length]).toEqual([2, 1]);
  });

  test('a confirm fails when its edit finds no video, or changes nothing', async () => {
    const subject = await subjects.create();
    const ticket = await send(subject);
    const confirm = () => subject.storage.confirmUpload(ticket.uploadReference, user);
    const isEdit = ({ method }: { readonly method?: string | undefined }) => method === 'POST';
    const gone = JSON.stringify({ success: false, errors: [{ code: 10003, message: 'Not found' }], result: null });
    subject.emulator.failNext({ kind: 'status', status: 404, body: gone }, { matches: isEdit });
    await expect(confirm()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    const unchanged = JSON.stringify({ success: true, errors: [], result: await rawVideo(subject, ticket.videoId) });
    subject.emulator.failNext({ kind: 'status', status: 200, body: unchanged }, { matches: isEdit });
    await expect(confirm()).rejects.toMatchObject({
      code: 'BACKEND_BAD_RESPONSE',
      message: 'Cloudflare did not set the `creator` of a confirmed video.',
    });
    expect(await confirm()).toMatchObject({ userId: 'student-1' });
  });

  test('simultaneous confirms of two host apps have one outcome', async () => {
    const subject = await subjects.create();
    const ticket = await send(subject);
    const hosts = [subject.storage, subject.with({}).storage];
    const answers = await Promise.all(hosts.map((host) => host.confirmUpload(ticket.uploadReference, user)));
    expect(answers[0]).toEqual(answers[1]);
    expect((await subject.storage.listVideos()).videos).toHaveLength(1);
  });

  test('the creator is the user’s id, or its SHA-256 where that does not fit or names an upload', async () => {
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

  test('another user’s video of the same id, and a video of another upload, is not found', async () => {
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

describe('abort', () => {
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

  test('on a confirmed video it changes nothing; only that of an unconfirmed upload is logged', async () => {
    const events: string[] = [];
    const subject = await subjects.create({ logger: new Logger({ sink: ({ event }) => void events.push(event) }) });
    const ticket = await upload(subject);
    await subject.storage.abortUpload(ticket.uploadReference, user);
    expect(events).not.toContain('upload.aborted');
    expect(await subject.storage.videoExists(ticket.videoId)).toBe(true);
    expect(deletions(subject)).toEqual([]);
    const unconfirmed = await send(subject);
    for (const times of [1, 2]) {
      await subject.storage.abortUpload(unconfirmed.uploadReference, user);
      // Also when it is repeated, as after a lost answer.
      expect(events.filter((event) => event === 'upload.aborted')).toHaveLength(times);
    }
  });
});

describe('T-A5: a problem that Stream finds in the file', () => {
  test.each([
    ['a text', fixtures.text, {}, 'NOT_A_VIDEO'],
    ['a video that is too long', fixtures.moovFirst, { maxDurationSeconds: 1 }, 'DURATION_EXCEEDED'],
    ['a damaged video', fixtures.truncated, {}, 'MALFORMED'],
  ])('%s is refused, and removed; from then on it is not found', async (_name, fixture, changes, code) => {
    const subject = await subjects.create();
    const ticket = await send(subject, changes, fixture);
    await subject.emulator.finishProcessing();
    const confirm = () => subject.storage.confirmUpload(ticket.uploadReference, user);
    await expect(confirm()).rejects.toMatchObject({ code: 'CONTENT_MISMATCH', failure: { code } });
    expect(await occupied(subject)).toEqual([0, 0]);
    await expect(confirm()).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  test('a proven mismatch is never published, not even when unverified content is accepted', async () => {
    const subject = await subjects.create();
    const ticket = await send(subject, {}, fixtures.text);
    await subject.emulator.finishProcessing();
    const confirm = subject.storage.confirmUpload(ticket.uploadReference, { ...user, acceptUnverified: true });
    await expect(confirm).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
    expect([edits(subject), await occupied(subject)]).toEqual([[], [0, 0]]);
  });

  test('a default duration deletes nothing: a longer video is unverifiable, and abort releases it', async () => {
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

test.each(['ERR_UNKNOWN', ''])('a failure without a known reason, %j, deletes nothing', async (code) => {
  const subject = await subjects.create();
  subject.emulator.failNextProcessing({ code, text: 'Something went wrong.' });
  const ticket = await send(subject);
  await subject.emulator.finishProcessing();
  const confirm = (acceptUnverified: boolean) =>
    subject.storage.confirmUpload(ticket.uploadReference, { ...user, acceptUnverified });
  await expect(confirm(false)).rejects.toMatchObject({ code: 'CONTENT_UNVERIFIABLE' });
  expect([(await occupied(subject))[0], deletions(subject), edits(subject)]).toEqual([1, [], []]);
  expect(await confirm(true)).toMatchObject({ status: 'failed', failure: { code: 'UNKNOWN' } });
  // It is confirmed, so no sweep treats it as an abandoned upload.
  expect(await rawVideo(subject, ticket.videoId)).toMatchObject({ creator: 'student-1' });
});

describe('only 10003 is absence', () => {
  test.each([7003, 7000, 0])('a 404 with code %i is an error of every read and removal', async (code) => {
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

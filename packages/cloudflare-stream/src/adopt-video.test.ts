import { fixtures } from '@videostorage/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { rawVideo, Subjects, send, upload } from '../test-support/subjects.ts';

const subjects = new Subjects();
const REFUSED = { code: 'VALIDATION_FAILED' };

afterEach(() => subjects.dispose());

describe('adoptVideo', () => {
  test('adopts a video that was uploaded in another way: afterwards it has user, context and name', async () => {
    const subject = await subjects.create();
    const uid = await subject.emulator.addVideo(await fixtures.moovFirst.read(), {
      meta: { name: 'old.mp4', other: 'x' },
    });
    const adoption = { userId: 'teacher-1', contextId: 'lesson-9', custom: { grade: '8' } };
    const facts = { ...adoption, videoId: uid, fileName: 'old.mp4', backendName: 'cloudflare-stream' };
    expect(await subject.storage.adoptVideo(uid, adoption)).toMatchObject(facts);
    expect(await subject.storage.adoptVideo(uid, { ...adoption, fileName: 'new.mp4' })).toMatchObject({
      fileName: 'new.mp4',
    });
    expect(await rawVideo(subject, uid)).toMatchObject({ creator: 'teacher-1', meta: { other: 'x', name: 'new.mp4' } });
    expect((await subject.storage.listVideos()).videos.map(({ videoId }) => videoId)).toEqual([uid]);
  });

  test('and a change of name make a name safe as that of an upload: no direction mark hides an extension', async () => {
    const subject = await subjects.create();
    const { storage } = subject;
    const { videoId } = await upload(subject);
    const [fileName, safe] = ['.film\u200e.mp4', 'film.mp4'];
    expect(await storage.updateVideo(videoId, { fileName })).toMatchObject({ fileName: safe });
    expect(await storage.adoptVideo(videoId, { userId: 'u', fileName })).toMatchObject({ fileName: safe });
  });

  test('uses ids in their canonical form, and refuses those that an upload would refuse', async () => {
    const subject = await subjects.create();
    const { storage } = subject;
    const { videoId } = await upload(subject);
    const adopted = await storage.adoptVideo(videoId, { userId: 'u', contextId: 'Mu\u0308nchen' });
    expect(adopted.contextId).toBe('M\u00fcnchen');
    for (const id of ['', 'a\nb', '\ud800', 'ü'.repeat(65)]) {
      for (const path of ['userId', 'contextId']) {
        const adoption = storage.adoptVideo(videoId, { userId: 'u', [path]: id });
        await expect(adoption).rejects.toMatchObject({ ...REFUSED, problems: [{ path }] });
      }
    }
  });

  test('refuses an upload in progress, a missing video, and a user without an id', async () => {
    const subject = await subjects.create();
    const { videoId } = await send(subject);
    await expect(subject.storage.adoptVideo(videoId, { userId: 'u' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'This video is an upload in progress; confirm it with its reference.',
    });
    await expect(subject.storage.adoptVideo('f'.repeat(32), { userId: 'u' })).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });
    await expect(subject.storage.adoptVideo(videoId, { userId: '' })).rejects.toMatchObject(REFUSED);
    await expect(subject.storage.adoptVideo(videoId, { userId: 'u', fileName: '../x' })).rejects.toMatchObject(REFUSED);
  });

  test('makes a public video private, for the pages of the storage unless it has a list of its own', async () => {
    const subject = await subjects.create({ allowedHosts: ['school.example'] });
    const bytes = await fixtures.moovFirst.read();
    for (const own of [[], ['own.example']]) {
      const uid = await subject.emulator.addVideo(bytes, { allowedOrigins: own });
      await subject.storage.adoptVideo(uid, { userId: 'u' });
      const allowedOrigins = own.length > 0 ? own : ['school.example'];
      expect(await rawVideo(subject, uid)).toMatchObject({ requireSignedURLs: true, allowedOrigins });
    }
  });

  test('fails where Cloudflare leaves the video public', async () => {
    const subject = await subjects.create();
    const uid = await subject.emulator.addVideo(await fixtures.moovFirst.read());
    const body = JSON.stringify({ success: true, errors: [], result: await rawVideo(subject, uid) });
    subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: ({ method }) => method === 'POST' });
    await expect(subject.storage.adoptVideo(uid, { userId: 'u' })).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: 'Cloudflare left a video public that must be private.',
    });
  });

  test('leaves a video public for a storage without tokens, and refuses a private one, which it could not play', async () => {
    const subject = await subjects.create();
    const { storage } = subject.with({ requireSignedUrls: false });
    const bytes = await fixtures.moovFirst.read();
    const [open, closed] = [
      await subject.emulator.addVideo(bytes),
      await subject.emulator.addVideo(bytes, { requireSignedURLs: true }),
    ];
    await storage.adoptVideo(open, { userId: 'u' });
    expect(await rawVideo(subject, open)).toMatchObject({ creator: 'u', requireSignedURLs: false, allowedOrigins: [] });
    await expect(storage.adoptVideo(closed, { userId: 'u' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('`requireSignedUrls: true`'),
    });
    expect(await rawVideo(subject, closed)).toMatchObject({ creator: null, requireSignedURLs: true });
  });
});

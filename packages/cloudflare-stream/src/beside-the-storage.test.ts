import { RetryHandler } from '@videostorage/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { rawVideo, Subjects, upload } from '../test-support/subjects.ts';

const subjects = new Subjects();
const REFUSED = { code: 'VALIDATION_FAILED' };
const HELLO = 'WEBVTT\n\n00:00.000 --> 00:01.000\nHallo, größer\n';

afterEach(() => {
  vi.unstubAllGlobals();
  return subjects.dispose();
});

describe('captions', () => {
  test('are uploaded, listed, generated and removed; one per language', async () => {
    const subject = await subjects.create();
    const { captions } = subject.storage;
    const { videoId } = await upload(subject);
    const uploaded = { language: 'pt-BR', generated: false, status: 'ready' };
    expect(await captions.upload(videoId, 'pt-BR', HELLO)).toMatchObject(uploaded);
    await captions.upload(videoId, 'pt-BR', `\uFEFF${HELLO}`);
    expect(await captions.generate(videoId, 'en')).toMatchObject({ generated: true, status: 'inprogress' });
    subject.clock.advance(60_000);
    const listed = await captions.list(videoId);
    expect(listed.map(({ language, status }) => [language, status]).sort()).toEqual([
      ['en', 'ready'],
      ['pt-BR', 'ready'],
    ]);
    await captions.delete(videoId, 'pt-BR');
    await captions.delete(videoId, 'pt-BR');
    expect(await captions.list(videoId)).toHaveLength(1);
  });

  test.each([
    ['a path', '../en', HELLO],
    ['a language with a path after it', 'en/../..', HELLO],
    ['a language with a query after it', 'en?x=1', HELLO],
    ['no language', '', HELLO],
    ['no WebVTT', 'en', '1\n00:00:00,000 --> 00:00:01,000\nHello'],
    ['a longer first word that begins with WEBVTT', 'en', 'WEBVTTX'],
    ['more than 10 MB in bytes, not in characters', 'en', `WEBVTT\n${'ü'.repeat(5_100_000)}`],
  ])('%s is refused before anything is sent', async (_name, language, text) => {
    const subject = await subjects.create();
    const before = subject.emulator.requests.length;
    const isText = text !== HELLO;
    const problem = {
      path: isText ? 'webVtt' : 'language',
      code: 'OPTION_INVALID',
      message: isText ? 'Captions must be WebVTT of at most 10 MB.' : 'The language must be a tag such as en or pt-BR.',
    };
    const refused = { ...REFUSED, problems: [problem] };
    await expect(subject.storage.captions.upload('f'.repeat(32), language, text)).rejects.toMatchObject(refused);
    expect(subject.emulator.requests).toHaveLength(before);
  });

  test('of exactly 10 MB are sent', async () => {
    const subject = await subjects.create();
    const { videoId } = await upload(subject);
    const text = HELLO.padEnd(10_000_000 - (new TextEncoder().encode(HELLO).length - HELLO.length), ' ');
    expect(await subject.storage.captions.upload(videoId, 'de', text)).toMatchObject({ language: 'de' });
  });
});

describe('downloads', () => {
  test('are created, listed and removed; the private file opens with a downloadable token only', async () => {
    const subject = await subjects.create();
    const { downloads } = subject.storage;
    const { videoId } = await upload(subject);
    await downloads.create(videoId);
    await downloads.create(videoId, 'audio');
    expect(await downloads.list(videoId)).toMatchObject({ default: { status: 'inprogress' }, audio: {} });
    subject.clock.advance(60_000);
    expect(await downloads.list(videoId)).toMatchObject({ default: { status: 'ready', percentComplete: 100 } });
    await downloads.delete(videoId, 'audio');
    await downloads.delete(videoId, 'audio');
    expect(await downloads.list(videoId)).not.toHaveProperty('audio');
    const problem = { path: 'kind', code: 'OPTION_INVALID', message: 'The kind must be default or audio.' };
    const refused = { ...REFUSED, problems: [problem] };
    await expect(downloads.create(videoId, '../x' as 'audio')).rejects.toMatchObject(refused);
  });
});

test.each(['..', '.', 'a/b', '', '%2e%2e', 'x'.repeat(65)])(
  'the id %j is refused before it becomes part of a path',
  async (id) => {
    const { storage, emulator } = await subjects.create();
    const before = emulator.requests.length;
    const missing = { code: 'VIDEO_NOT_FOUND' };
    await expect(storage.captions.list(id)).rejects.toMatchObject(missing);
    await expect(storage.captions.delete(id, 'en')).rejects.toMatchObject(missing);
    await expect(storage.downloads.delete(id)).rejects.toMatchObject(missing);
    await expect(storage.updateVideo(id, { fileName: 'f.mp4' })).rejects.toMatchObject(missing);
    await expect(storage.deleteVideo(id)).rejects.toMatchObject(missing);
    const message = 'The id of a signing key must be 1 to 64 letters, digits, - or _.';
    const problems = [{ path: 'keyId', code: 'OPTION_INVALID', message }];
    await expect(storage.signingKeys.delete(id)).rejects.toMatchObject({ ...REFUSED, problems });
    expect(emulator.requests).toHaveLength(before);
  },
);

test('an option that a call does not have is refused by its name, before anything is sent', async () => {
  const { storage, emulator } = await subjects.create({ allowCopyFromUrl: true });
  const before = emulator.requests.length;
  const { captions, copyFromUrl, downloads, signingKeys, webhooks } = storage;
  const id = 'f'.repeat(32);
  const dry = Object({ dryRun: true });
  const named = { userId: 'anna', fileName: 'film.mp4' };
  for (const call of [
    captions.upload(id, 'en', 'WEBVTT', dry),
    captions.generate(id, 'en', dry),
    captions.list(id, dry),
    captions.delete(id, 'en', dry),
    copyFromUrl?.start('https://example.com/film.mp4', named, dry) ?? Promise.reject(new TypeError('no copyFromUrl')),
    downloads.create(id, 'audio', dry),
    downloads.list(id, dry),
    downloads.delete(id, 'audio', dry),
    signingKeys.create(dry),
    signingKeys.list(dry),
    signingKeys.delete(id, dry),
    webhooks.subscribe('https://example.com/', dry),
    webhooks.read(dry),
    webhooks.unsubscribe(dry),
    storage.updateVideo(id, { fileName: 'film.mp4' }, dry),
    storage.adoptVideo(id, named, dry),
    storage.getStorageUsage('anna', dry),
  ]) {
    await expect(call).rejects.toMatchObject({ ...REFUSED, problems: [{ path: 'dryRun' }] });
  }
  expect(emulator.requests).toHaveLength(before);
});

test('signing keys are created, listed and deleted; their secret is shown once', async () => {
  const { signingKeys } = (await subjects.create()).storage;
  const key = await signingKeys.create();
  expect(JSON.parse(atob(new TextDecoder().decode(key.jwk.reveal())))).toMatchObject({ kty: 'RSA', kid: key.id });
  expect(JSON.stringify(key)).toBe(`{"id":"${key.id}","jwk":"[secret]"}`);
  expect((await signingKeys.list()).map(({ id }) => id)).toContain(key.id);
  await signingKeys.delete(key.id);
  await signingKeys.delete(key.id);
  expect((await signingKeys.list()).map(({ id }) => id)).not.toContain(key.id);
});

describe('updateVideo', () => {
  test('changes the given settings and keeps the rest of `meta`', async () => {
    const subject = await subjects.create();
    const { storage, clock } = subject;
    const { videoId } = await upload(subject, { custom: { grade: '7b' } });
    expect(await storage.updateVideo(videoId, { fileName: 'other.mp4' })).toMatchObject({
      ...{ fileName: 'other.mp4', contextId: 'a', custom: { grade: '7b' }, userId: 'student-1' },
    });
    expect((await storage.updateVideo(videoId, { custom: { grade: '8😀' } })).custom).toEqual({ grade: '8😀' });
    expect((await storage.updateVideo(videoId, { custom: { grade: '8' } })).custom).toEqual({ grade: '8' });
    const scheduledDeletion = new Date(clock.now() + 40 * 86_400_000).toISOString();
    const changes = { scheduledDeletion, thumbnailTimestampPct: 0.5 };
    await storage.updateVideo(videoId, { ...changes, allowedHosts: ['example.com'] });
    const changed = { ...changes, allowedOrigins: ['example.com'], requireSignedURLs: true };
    expect(await rawVideo(subject, videoId)).toMatchObject(changed);
    await storage.updateVideo(videoId, { scheduledDeletion: null, allowedHosts: [], requireSignedUrls: false });
    const cleared = {
      scheduledDeletion: null,
      allowedOrigins: [],
      thumbnailTimestampPct: 0.5,
      requireSignedURLs: false,
    };
    expect(await rawVideo(subject, videoId)).toMatchObject(cleared);
    const { url } = await subject.with({ requireSignedUrls: false }).storage.getPlaybackUrl(videoId, { kind: 'hls' });
    expect((await fetch(url)).status).toBe(200);
    await storage.updateVideo(videoId, { requireSignedUrls: true });
    expect((await fetch(url)).status).toBe(401);
    // A storage that issues no tokens could not play a video that it makes private.
    const publicly = subject.with({ requireSignedUrls: false }).storage;
    await expect(publicly.updateVideo(videoId, { requireSignedUrls: true })).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining('`requireSignedUrls: true`'),
      problems: [{ path: 'requireSignedUrls', code: 'OPTION_INVALID' }],
    });
    await publicly.updateVideo(videoId, { thumbnailTimestampPct: 0.25 });
    expect(await storage.getVideoMetadata(videoId)).toMatchObject({ fileName: 'other.mp4', custom: { grade: '8' } });
    await expect(storage.updateVideo('f'.repeat(32), {})).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  test('a video that Cloudflare leaves public, although it must be private, is an error', async () => {
    const subject = await subjects.create();
    const { videoId } = await upload(subject);
    const result = { ...(await rawVideo(subject, videoId)), requireSignedURLs: false };
    const body = JSON.stringify({ success: true, errors: [], result });
    const isEdit = ({ method }: { readonly method?: string | undefined }) => method === 'POST';
    const change = (requireSignedUrls: boolean) => {
      subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: isEdit });
      return subject.storage.updateVideo(videoId, { requireSignedUrls });
    };
    await expect(change(true)).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: 'Cloudflare left a video public that must be private.',
    });
    expect(await change(false)).toMatchObject({ videoId });
  });

  test.each([
    { fileName: '../x.mp4' },
    { custom: { Name: 'x' } },
    { custom: { prototype: 'x' } },
    { custom: { a: 'x\0' } },
    { custom: { a: 'x\ud800' } },
    { custom: { a: 'x'.repeat(600) } },
    { allowedHosts: ['https://example.com'] },
    { scheduledDeletion: 'soon' },
    { thumbnailTimestampPct: 2 },
    { requireSignedURLs: false },
  ])('%j is refused', async (changes) => {
    const { storage } = await subjects.create();
    await expect(storage.updateVideo('f'.repeat(32), changes)).rejects.toMatchObject(REFUSED);
  });
});

test('usage may be numbers or text; any other value is an error, not 0', async () => {
  const { storage, emulator } = await subjects.create({ retryHandler: new RetryHandler({ maxAttempts: 1 }) });
  const answered = (totalStorageMinutes: unknown) => {
    const result = { totalStorageMinutes, totalStorageMinutesLimit: '1000', videoCount: 2 };
    const body = JSON.stringify({ success: true, errors: [], result });
    emulator.failNext({ kind: 'status', status: 200, body });
    return storage.getStorageUsage();
  };
  for (const minutes of [12.5, '12.5']) {
    expect(await answered(minutes)).toEqual({ storedMinutes: 12.5, limitMinutes: 1000, videos: 2 });
  }
  for (const minutes of [null, '', [], true, undefined]) {
    await expect(answered(minutes)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  }
});

test('the rate limit that Cloudflare reports can be read', async () => {
  const { storage, clock } = await subjects.create();
  const before = storage.apiAllowance;
  expect(before).toBeUndefined();
  await storage.listVideos();
  expect(storage.apiAllowance).toEqual({
    remainingRequests: 1198,
    resetsAt: new Date(clock.now() + 300_000).toISOString(),
  });
});

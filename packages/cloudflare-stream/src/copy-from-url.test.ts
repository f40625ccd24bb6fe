import { fixtures } from '@videostorage/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EmulatedSubject } from '../test-support/subject.ts';
import { film, occupied, Subjects } from '../test-support/subjects.ts';

const subjects = new Subjects();
const REFUSED = { code: 'VALIDATION_FAILED' };

afterEach(() => {
  vi.unstubAllGlobals();
  return subjects.dispose();
});

describe('copyFromUrl', () => {
  test('does not exist unless the option allows it', async () => {
    const subject = await subjects.create();
    expect(subject.storage.copyFromUrl).toBeUndefined();
    expect(subject.with({ allowCopyFromUrl: true }).storage.copyFromUrl).toBeDefined();
  });

  test('refuses a URL that is not public, and a copy without user or name, before anything is sent', async () => {
    const subject = await subjects.create({ allowCopyFromUrl: true });
    const before = subject.emulator.requests.length;
    const copy = subject.storage.copyFromUrl;
    await expect(copy?.start('https://127.0.0.1/f.mp4', film)).rejects.toMatchObject({
      problems: [
        {
          ...{ path: 'sourceUrl', code: 'OPTION_INVALID' },
          message: 'The source must be an https URL of a public server, without user name and port.',
        },
      ],
    });
    const problem = {
      ...{ path: 'request', code: 'OPTION_INVALID' },
      message: 'A copy needs `userId` and `fileName`, and may have `contextId` and `custom`.',
    };
    for (const wrong of [
      { userId: '' },
      { contextId: 'a\0' },
      { fileName: '' },
      { fileName: 'a\nb.mp4' },
      { fileName: '../x.mp4' },
    ]) {
      await expect(copy?.start('https://example.org/f.mp4', { ...film, ...wrong })).rejects.toMatchObject({
        ...REFUSED,
        problems: [problem],
      });
    }
    expect(subject.emulator.requests).toHaveLength(before);
  });

  test('begins private, under its user; is ready, or ends in FETCH_FAILED where nothing can be fetched', async () => {
    const bytes = await fixtures.moovFirst.read();
    // The emulator fetches by it; nothing here goes to the internet.
    vi.stubGlobal('fetch', async (url: string, { method = 'GET' }: RequestInit = {}) => {
      if (url !== 'https://example.org/f.mp4') throw new TypeError('There is no such server.');
      const headers = { 'content-length': String(bytes.length) };
      return new Response(method === 'HEAD' ? null : bytes, { status: method === 'HEAD' ? 200 : 206, headers });
    });
    const subject = await subjects.create({ allowCopyFromUrl: true, allowedHosts: ['example.com'] });
    const copy = async (url: string) => {
      const begun = await subject.storage.copyFromUrl?.start(url, film);
      expect(begun).toMatchObject({ status: 'processing', userId: 'student-1', contextId: 'a', fileName: 'f.mp4' });
      await subject.emulator.finishProcessing();
      return subject.storage.getVideoMetadata(begun?.videoId ?? '');
    };
    expect(await copy('https://example.org/f.mp4')).toMatchObject({ status: 'ready', sizeBytes: bytes.length });
    const failed = await copy('https://example.org/nothing.mp4');
    expect(failed).toMatchObject({ status: 'failed', failure: { code: 'FETCH_FAILED' } });
    vi.unstubAllGlobals();
    const { url } = await subject.with({ requireSignedUrls: false }).storage.getPlaybackUrl(failed.videoId);
    expect((await fetch(url)).status).toBe(401);
  });

  const isCopy = ({ url = '' }) => url.endsWith('/copy');
  const copies = ({ emulator }: EmulatedSubject) => emulator.requests.filter((line) => line.endsWith('/copy'));
  const nothingToFetch = () =>
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('There is no such server.');
    });

  test.each([
    ['can be removed', 0],
    ['cannot be removed', 4],
  ])(
    'a copy that stays public and %s is an error that is not retryable, and is not begun again',
    async (_name, failures) => {
      nothingToFetch();
      const subject = await subjects.create({ allowCopyFromUrl: true });
      // Neither the copy nor the edit makes the video private.
      const result = { uid: 'f'.repeat(32), created: '2026-11-23T02:15:00Z', requireSignedURLs: false };
      const body = JSON.stringify({ success: true, errors: [], result });
      const isPost = ({ method }: { readonly method?: string | undefined }) => method === 'POST';
      subject.emulator.failNext({ kind: 'status', status: 200, body }, { matches: isPost, times: 2 });
      const isRemoval = ({ method }: { readonly method?: string | undefined }) => method === 'DELETE';
      if (failures > 0) {
        subject.emulator.failNext({ kind: 'status', status: 503 }, { matches: isRemoval, times: failures });
      }
      await expect(subject.storage.copyFromUrl?.start('https://example.org/f.mp4', film)).rejects.toMatchObject({
        code: 'BACKEND_REFUSED',
        retryable: false,
        message: expect.stringContaining('`requireSignedUrls`'),
        operation: 'copyFromUrl.start',
      });
      expect(subject.emulator.requests.filter((line) => line.startsWith('DELETE'))).toHaveLength(Math.max(1, failures));
      expect(copies(subject)).toHaveLength(1);
    },
  );

  test.each([{ kind: 'reset', when: 'after-effect' }, { kind: 'truncated' }] as const)(
    'a copy whose answer is lost (%j) is looked up and returned, never begun twice',
    async (fault) => {
      nothingToFetch();
      const subject = await subjects.create({ allowCopyFromUrl: true });
      subject.emulator.failNext(fault, { matches: isCopy });
      const video = await subject.storage.copyFromUrl?.start('https://example.org/f.mp4', film);
      expect(await subject.storage.getVideoMetadata(video?.videoId ?? '')).toMatchObject({ userId: 'student-1' });
      expect(copies(subject)).toHaveLength(1);
      expect((await occupied(subject))[0]).toBe(1);
    },
  );

  test('where the look-up fails too, the error is not retryable and names the attempt', async () => {
    nothingToFetch();
    const subject = await subjects.create({ allowCopyFromUrl: true });
    subject.emulator.failNext({ kind: 'reset', when: 'after-effect' }, { matches: isCopy });
    const isLookUp = ({ url = '' }) => /\/stream\?/.test(url);
    subject.emulator.failNext({ kind: 'status', status: 503 }, { matches: isLookUp, times: 9 });
    const copy = subject.storage.copyFromUrl?.start('https://example.org/f.mp4', film);
    const error: unknown = await copy?.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      ...{ code: 'BACKEND_REFUSED', retryable: false, backendName: 'cloudflare-stream' },
      cause: { code: 'BACKEND_UNAVAILABLE' },
    });
    expect(String(error)).toMatch(/`meta\.attempt` is [0-9a-f]{32}/);
    expect(copies(subject)).toHaveLength(1);
  });

  test('a copy that was certainly not begun fails with the error of the request', async () => {
    nothingToFetch();
    const subject = await subjects.create({ allowCopyFromUrl: true });
    subject.emulator.failNext({ kind: 'reset', when: 'before-effect' }, { matches: isCopy });
    const copy = subject.storage.copyFromUrl?.start('https://example.org/f.mp4', film);
    await expect(copy).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', retryable: true });
    expect((await occupied(subject))[0]).toBe(0);
  });

  test('a caller who aborts gets their own reason, even when the look-up fails too', async () => {
    nothingToFetch();
    const subject = await subjects.create({ allowCopyFromUrl: true });
    const controller = new AbortController();
    const reason = new Error('gone');
    const isLookUp = ({ url = '' }) => /\/stream\?/.test(url);
    subject.emulator.failNext({ kind: 'unanswered' }, { matches: isCopy });
    subject.emulator.failNext({ kind: 'status', status: 503 }, { matches: isLookUp, times: 9 });
    const copy = subject.storage.copyFromUrl?.start('https://example.org/f.mp4', film, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await expect(copy).rejects.toBe(reason);
  });

  test('a call that ends at its deadline leaves no video either', async () => {
    nothingToFetch();
    const subject = await subjects.create({ allowCopyFromUrl: true });
    subject.emulator.failNext({ kind: 'unanswered' }, { matches: isCopy });
    const copy = subject.storage.copyFromUrl?.start('https://example.org/f.mp4', film, { timeoutMs: 1000 });
    await expect(copy).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(copies(subject)).toHaveLength(1);
    expect(await occupied(subject)).toEqual([0, 0]);
  });

  test('a caller who aborts gets their own reason, and no video is left', async () => {
    nothingToFetch();
    const subject = await subjects.create({ allowCopyFromUrl: true });
    const controller = new AbortController();
    const reason = new Error('gone');
    subject.emulator.failNext({ kind: 'unanswered' }, { matches: isCopy });
    const copy = subject.storage.copyFromUrl?.start('https://example.org/f.mp4', film, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await expect(copy).rejects.toBe(reason);
    expect(await occupied(subject)).toEqual([0, 0]);
  });
});

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { filmBytes, sha256 } from '../test-support/film.ts';
import { pageListener } from '../test-support/page-listener.ts';
import { SentAgain } from '../test-support/sent-again.ts';
import { type BackendName, backendNames, UploadHost } from '../test-support/upload-host.ts';
import { UploadingTab } from '../test-support/uploading-tab.ts';

// A limit only: each wait ends with its condition, but a busy computer takes several times as long as an idle one.
vi.setConfig({ testTimeout: 400_000 });
const MIB = 1024 * 1024;
const FILM_BYTES = 20_000_000;
const executablePath = process.env['VIDEOSTORAGE_CHROMIUM'] ?? '/usr/bin/chromium-headless-shell';
/** Bytes per second: slow enough to interrupt. */
const SLOW = 8_000_000;
/** Bytes that sockets and proxies hold when a connection ends. */
const BUFFERED_BYTES = 3_000_000;
/**
 * Size of a part, and of a chunk for a storage that keeps nothing of an interrupted one: the smallest that these storages
 * accept.
 */
const PIECE_BYTES = 5 * MIB;
/**
 * What one interruption may send again: what socket buffers lose on a busy computer for a tus storage that keeps what it has
 * received, otherwise a chunk or a part. A form starts again.
 */
const RESENT: Partial<Readonly<Record<BackendName, number>>> = {
  local: 2_000_000,
  'stream-tus': PIECE_BYTES,
  's3-parts': PIECE_BYTES,
};

let folder: string;
let film: Uint8Array<ArrayBuffer>;
let filmPath: string;
let otherPath: string;
let browser: Browser;
let listener: RequestListener;
let context: BrowserContext;
let host: UploadHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videostorage-uploader-files-'));
  film = await filmBytes(FILM_BYTES);
  filmPath = join(folder, 'film.mp4');
  otherPath = join(folder, 'other.mp4');
  await writeFile(filmPath, film);
  await writeFile(otherPath, await filmBytes(FILM_BYTES));
  listener = await pageListener();
  browser = await chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--mute-audio'],
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  await host.stop();
});

describe.skipIf(!existsSync(executablePath))('in Chromium', () => {
  test.each(backendNames)(
    'on %s 20 MB arrive despite two dropped connections, a period offline, and reloads at 10, 37 and 95 percent',
    async (name) => {
      const largestChunkBytes = name === 'stream-tus' ? PIECE_BYTES : undefined;
      host = await UploadHost.start(name, {
        ...{ page: listener, largestChunkBytes, partSizeBytes: PIECE_BYTES, keepsInterruptedChunks: false },
      });
      const sentAgain = new SentAgain(host.proxy, PIECE_BYTES);
      let bytes: readonly number[] | undefined;
      const resentBytes = RESENT[name];
      const isForm = resentBytes === undefined;
      const tab = await UploadingTab.open(context, `${host.origin}/?parts=1`);
      await tab.limit(SLOW);
      await tab.choose(filmPath);
      let reference: string | undefined;
      let mostUploads = 1;
      for (const share of [0.1, 0.37, 0.95]) {
        await tab.sent(share * FILM_BYTES);
        await tab.reload();
        const found = await tab.resumable();
        reference ??= found[0];
        expect(reference).toBeDefined();
        if (found.length === 0 && share === 0.95) {
          // The last bytes were in the computer's own buffers: all has arrived, and the server was faster than this page. When the file
          // is chosen again, it is another upload where the page before had begun to confirm it, and the same one otherwise.
          mostUploads = 2;
          bytes = sentAgain.end(FILM_BYTES);
          await tab.limit(-1);
          await tab.choose(filmPath);
          break;
        }
        expect(found).toEqual([reference]);

        const before = host.proxy.uploadedBytes;
        await tab.choose(otherPath, reference);
        expect((await tab.phase('failed')).error).toContain('“other.mp4” is not the file whose upload began');
        expect(host.proxy.uploadedBytes - before).toBeLessThan(BUFFERED_BYTES);

        await tab.choose(filmPath, reference);
        // A form starts again with each interruption, so its connection is not dropped here as well.
        if (share === 0.1 && !isForm) {
          host.proxy.cutAfterUpload(1_000_000);
          host.proxy.cutAfterUpload(1_000_000);
          await expect.poll(() => host.proxy.cutCount, { timeout: 150_000 }).toBe(2);
        }
        if (share === 0.37) {
          await tab.sent(0.5 * FILM_BYTES);
          await tab.limit(0);
          const { sentBytes } = await tab.phase('offline');
          expect(sentBytes).toBeLessThan(FILM_BYTES);
          await tab.limit(SLOW);
        }
        if (share === 0.95) await tab.limit(-1);
      }
      const { videoId, early, durationSeconds } = await tab.phase('ready');
      expect(early).toBe(0);
      expect(durationSeconds).toBeCloseTo(3, 0);
      if (!name.startsWith('stream')) expect(sha256(await host.servedBytes(videoId))).toBe(sha256(film));
      bytes ??= sentAgain.end(FILM_BYTES);
      console.log(`${name}: sent again by six interruptions:`, bytes);
      // Two dropped connections, a period offline and three reloads: if the upload started again at 37, 50 or 95 per cent,
      // it would be 7, 10 or 19 MB.
      if (!isForm) expect(Math.max(...bytes)).toBeLessThanOrEqual(resentBytes + BUFFERED_BYTES);
      if (!isForm) expect(bytes.length).toBeGreaterThanOrEqual(6);
      const uploads = host.requests.filter((line) => line === 'POST /api/video/uploads').length;
      expect(uploads).toBeLessThanOrEqual(mostUploads);
      expect(await tab.resumable()).toEqual([]);
    },
  );

  test('two tabs do not send the same upload at once; when the first is closed the second continues', async () => {
    host = await UploadHost.start('local', { page: listener });
    const first = await UploadingTab.open(context, host.origin);
    await first.limit(SLOW / 4);
    await first.choose(filmPath);
    await first.sent(1_000_000);
    const second = await UploadingTab.open(context, host.origin);
    await second.choose(filmPath);
    expect((await second.phase('failed')).error).toBe('“film.mp4” is being uploaded already, here or in another tab.');
    await first.page.close();
    // A closed tab holds its lock for a moment.
    await expect
      .poll(
        async () => {
          if ((await second.state()).phase === 'failed') await second.resume();
          return (await second.state()).phase;
        },
        { timeout: 60_000 },
      )
      .toBe('ready');
    const { videoId } = await second.state();
    expect(sha256(await host.servedBytes(videoId))).toBe(sha256(film));
    expect(host.requests.filter((line) => line === 'POST /api/video/uploads')).toHaveLength(1);
  });

  test('the upload of a tab that was closed after the last byte is confirmed at the next visit', async () => {
    host = await UploadHost.start('s3-form', { page: listener });
    const first = await UploadingTab.open(context, host.origin);
    host.failRoute(/POST .*\/confirm$/, 503, 1000);
    await first.choose(filmPath);
    await first.phase('confirming');
    await first.page.close();
    expect((await host.service.listVideos(host.actor)).videos).toEqual([]);
    host.clearRouteFaults();
    await UploadingTab.open(context, host.origin);
    await expect
      .poll(async () => (await host.service.listVideos(host.actor)).videos, { timeout: 30_000 })
      .toMatchObject([{ status: 'ready' }]);
  });

  test.each(['local', 's3-parts'] as const)(
    'on %s an upload continues after the computer slept for longer than a connection may stand still',
    async (name) => {
      host = await UploadHost.start(name, { page: listener, partSizeBytes: PIECE_BYTES });
      const tab = await UploadingTab.open(context, `${host.origin}/?stall=2`);
      await tab.limit(SLOW / 2);
      await tab.choose(filmPath);
      await tab.sent(3_000_000);
      await tab.sleep();
      // What was connected is gone when the computer wakes.
      host.proxy.cutAfterUpload(1);
      await new Promise((resolve) => setTimeout(resolve, 6000));
      expect(host.proxy.cutCount).toBe(1);
      await tab.wake();
      await tab.limit(-1);
      const { videoId } = await tab.phase('ready');
      expect(sha256(await host.servedBytes(videoId))).toBe(sha256(film));
      expect(host.requests.filter((line) => line === 'POST /api/video/uploads')).toHaveLength(1);
    },
  );

  test('with guardUnload the browser asks before a sending page is left', async () => {
    host = await UploadHost.start('local', { page: listener });
    const tab = await UploadingTab.open(context, `${host.origin}/?guard`);
    await tab.limit(SLOW / 8);
    await tab.choose(filmPath);
    await tab.sent(100_000);
    const asked = tab.page.waitForEvent('dialog');
    await tab.page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.accept();
  });

  test('a file that changes while it is sent fails with a message that says so', async () => {
    host = await UploadHost.start('s3-parts', { page: listener });
    const path = join(folder, 'changing.mp4');
    await writeFile(path, film);
    const tab = await UploadingTab.open(context, host.origin);
    await tab.limit(SLOW / 2);
    await tab.choose(path);
    await tab.sent(3_000_000);
    await writeFile(path, film.slice(0, -1));
    const { error } = await tab.phase('failed');
    expect(error).toBe('“changing.mp4” cannot be read: it has changed or is gone. Please choose it again.');
  });
});

import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TcpFaultProxy } from '@videostorage/testing/emulators';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, makeVideo, sha256OfFile } from '../test-support/browser.ts';
import { localBackend } from './backends/local.ts';
import { Classroom } from './classroom.ts';

let folder: string;
let browser: Browser;
let classroom: Classroom;
let proxy: TcpFaultProxy;
let classroomPort = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-'));
  await makeVideo(join(folder, 'harbour.mp4'), 12, 12);
  await makeVideo(join(folder, 'garden.webm'), 6, 4);
  await writeFile(join(folder, 'notes.txt'), 'This is no video.');
  // Sparse: it is refused by its size, before a byte of it is read.
  const large = await open(join(folder, 'large.mp4'), 'w');
  await large.truncate(250_000_000);
  await large.close();
  proxy = await TcpFaultProxy.start(() => classroomPort);
  classroom = await Classroom.open({
    folder: join(folder, 'data'),
    port: 0,
    publicUrl: proxy.origin,
    backend: localBackend,
    uploadRules: [{ scope: 'user', limit: 3, windowSeconds: 60 }],
  });
  classroomPort = classroom.port;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await classroom?.close();
  await proxy?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the classroom in Chromium', () => {
  test('a student hands in an mp4 over a line that breaks once, then a webm; the bytes are the files’', async () => {
    const page = await enter('Ada', 'student');
    const { size } = await stat(join(folder, 'harbour.mp4'));
    expect(size).toBeGreaterThan(10_000_000);
    proxy.cutAfterUpload(Math.floor(size / 2));
    await handIn(page, 'harbour.mp4');
    await expect.poll(() => message(page), { timeout: 60_000 }).toContain('“harbour.mp4” is handed in');
    expect(proxy.cutCount).toBe(1);
    await handIn(page, 'garden.webm');
    await expect.poll(() => message(page), { timeout: 60_000 }).toContain('“garden.webm” is handed in');
    await expect.poll(() => page.getByTestId('video').count()).toBe(2);

    const stored = await storedVideos();
    const sent = [await sha256OfFile(join(folder, 'harbour.mp4')), await sha256OfFile(join(folder, 'garden.webm'))];
    expect([...stored.values()].sort()).toEqual(sent.sort());
    await page.context().close();
  });

  test('progress is shown while a file is on its way', async () => {
    const page = await enter('Grace', 'student');
    // On a loopback line nobody could see it.
    const session = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 8_000_000 };
    await session.send('Network.emulateNetworkConditions', slow);
    const shares: number[] = [];
    await page.exposeFunction('noteShare', (share: number) => shares.push(share));
    await page.evaluate(() => {
      const bar = document.querySelector('progress');
      const note = (window as unknown as { noteShare(share: number): void }).noteShare;
      if (bar !== null) new MutationObserver(() => note(bar.value)).observe(bar, { attributes: true });
    });
    await handIn(page, 'harbour.mp4');
    await expect.poll(() => message(page), { timeout: 60_000 }).toContain('handed in');
    expect(new Set(shares).size).toBeGreaterThan(3);
    expect(shares.at(-1)).toBe(1);
    await page.context().close();
  });

  test('a teacher sees them listed and plays them; the picture moves', async () => {
    const page = await enter('Ms Byron', 'teacher');
    await expect.poll(() => page.getByTestId('video').count()).toBe(3);
    for (const name of ['harbour.mp4', 'garden.webm']) {
      const row = page.getByTestId('video').filter({ hasText: name }).filter({ hasText: 'Ada' }).first();
      await row.getByTestId('play').click();
      const seconds = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
      await expect.poll(seconds, { timeout: 20_000 }).toBeGreaterThan(0.2);
      const first = await seconds();
      await expect.poll(seconds, { timeout: 20_000 }).toBeGreaterThan(first + 0.4);
      const frames = await page.evaluate(
        () => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames,
      );
      expect(frames).toBeGreaterThan(5);
    }
    await page.context().close();
  });

  test('a tampered, an expired and another video’s URL get 403', async () => {
    const page = await enter('Ms Byron', 'teacher');
    const urls = await page.evaluate(async () => {
      const { videos } = await (await fetch('/api/video/videos')).json();
      const play = async (videoId: string) => {
        const headers = { 'Content-Type': 'application/json' };
        const response = await fetch(`/api/video/videos/${videoId}/playback`, { method: 'POST', headers, body: '{}' });
        return (await response.json()).url as string;
      };
      return {
        urls: [await play(videos[0].videoId), await play(videos[1].videoId)],
        ids: [videos[0].videoId, videos[1].videoId],
      };
    });
    const [good = '', other = ''] = urls.urls;
    const [id = '', otherId = ''] = urls.ids;
    const status = async (url: string) => (await fetch(url, { headers: { range: 'bytes=0-9' } })).status;
    expect(await status(good)).toBe(206);
    expect(await status(other)).toBe(206);
    expect(await status(good.replace(id, otherId))).toBe(403);
    expect(await status(`${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`)).toBe(403);
    const expired = new URL(good);
    expired.searchParams.set('expires', '1600000000');
    expect(await status(expired.href)).toBe(403);
    expect(await status(good.split('?')[0] ?? '')).toBe(403);
    await page.context().close();
  });

  test('a wrong type, a too large file and too many requests get a clear sentence', async () => {
    const page = await enter('Linus', 'student');
    await handIn(page, 'notes.txt');
    await expect.poll(() => message(page)).toMatch(/video/i);
    await handIn(page, 'large.mp4');
    await expect.poll(() => message(page)).toMatch(/200\s?MB/);
    for (let count = 0; count < 3; count++) {
      await handIn(page, 'garden.webm');
      await expect.poll(() => message(page), { timeout: 60_000 }).toContain('handed in');
    }
    await handIn(page, 'garden.webm');
    await expect.poll(() => message(page)).toMatch(/too many requests.*try again in \d+ seconds/i);
    await page.context().close();
  });
});

async function enter(name: string, role: 'student' | 'teacher'): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(classroom.url);
  await page.getByTestId('name').fill(name);
  await page.getByTestId(role === 'student' ? 'as-student' : 'as-teacher').click();
  await page.getByTestId('assignment').waitFor();
  return page;
}

async function handIn(page: Page, fileName: string): Promise<void> {
  await page.getByTestId('file').waitFor({ state: 'attached' });
  await page.getByTestId('file').setInputFiles(join(folder, fileName));
}

async function message(page: Page): Promise<string> {
  const element = page.getByTestId('message');
  return (await element.isVisible()) ? ((await element.textContent()) ?? '') : '';
}

/** Digests of all originals in the storage's folder. */
async function storedVideos(): Promise<Map<string, string>> {
  const videos = join(folder, 'data', 'videos', 'videos');
  const digests = new Map<string, string>();
  for (const entry of await readdir(videos, { recursive: true })) {
    if (/source\.[a-z0-9]+$/.test(entry)) digests.set(entry, await sha256OfFile(join(videos, entry)));
  }
  return digests;
}

import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TcpFaultProxy } from '@videostorage/emulators';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeVideo, sha256OfFile } from '../test-support/browser.ts';
import { ClassroomPage } from '../test-support/classroom-page.ts';
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
  await writeFile(join(folder, 'noise.mp4'), Buffer.alloc(100_000, 'noise'));
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
    uploadRules: [{ scope: 'user', limit: 4, windowSeconds: 3600 }],
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

const enter = (name: string, role: 'student' | 'teacher') => ClassroomPage.enter(browser, classroom.url, name, role);

describe.skipIf(!canPlayHere)('the classroom in Chromium', () => {
  test('a student hands in an mp4 over a line that breaks once, then a webm; the bytes are the files’', async () => {
    const student = await enter('Ada', 'student');
    const { size } = await stat(join(folder, 'harbour.mp4'));
    expect(size).toBeGreaterThan(10_000_000);
    proxy.cutAfterUpload(Math.floor(size / 2));
    await student.handIn(folder, 'harbour.mp4');
    expect(proxy.cutCount).toBe(1);
    await student.handIn(folder, 'garden.webm');
    await expect.poll(() => student.page.getByTestId('video').count()).toBe(2);

    const sent = [await sha256OfFile(join(folder, 'harbour.mp4')), await sha256OfFile(join(folder, 'garden.webm'))];
    expect((await storedVideos()).sort()).toEqual(sent.sort());
    await student.leave();
  });

  test('progress is shown while a file is on its way', async () => {
    const student = await enter('Grace', 'student');
    // On a loopback line nobody could see it.
    await student.limitUpload(8_000_000);
    const shares: number[] = [];
    await student.page.exposeFunction('noteShare', (share: number) => shares.push(share));
    await student.page.evaluate(() => {
      const bar = document.querySelector('progress');
      const note = (window as unknown as { noteShare(share: number): void }).noteShare;
      if (bar !== null) new MutationObserver(() => note(bar.value)).observe(bar, { attributes: true });
    });
    await student.handIn(folder, 'harbour.mp4');
    expect(new Set(shares).size).toBeGreaterThan(3);
    expect(shares.at(-1)).toBe(1);
    await student.leave();
  });

  test('a teacher sees them listed, with names and lengths, and plays them; the picture moves', async () => {
    const teacher = await enter('Ms Byron', 'teacher');
    await expect.poll(() => teacher.page.getByTestId('video').count()).toBe(3);
    const rows = await teacher.page.getByTestId('video').allTextContents();
    expect(rows).toContainEqual(expect.stringMatching(/garden\.webm.*Ada · 0:06 · /));
    expect(rows).toContainEqual(expect.stringMatching(/harbour\.mp4.*Grace · 0:12 · /));
    for (const name of ['harbour.mp4', 'garden.webm']) await teacher.play(name);
    await teacher.leave();
  });

  test('a teacher who waits sees what is handed in meanwhile', async () => {
    const [teacher, student] = [await enter('Mr Boole', 'teacher'), await enter('Alan', 'student')];
    const own = teacher.page.getByTestId('video').filter({ hasText: 'Alan' });
    expect(await own.count()).toBe(0);
    await student.handIn(folder, 'garden.webm');
    await expect.poll(() => own.count(), { timeout: 20_000 }).toBe(1);
    await Promise.all([teacher.leave(), student.leave()]);
  });

  test('a tampered, an expired and another video’s URL get 403', async () => {
    const teacher = await enter('Ms Byron', 'teacher');
    const urls = await teacher.page.evaluate(async () => {
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
    await teacher.leave();
  });

  test('a wrong type, a too large file, what is no video, and too many requests get a clear sentence', async () => {
    const student = await enter('Linus', 'student');
    await student.choose(join(folder, 'notes.txt'));
    await expect
      .poll(() => student.message())
      .toMatch(/^The file is no video that can be accepted here; please choose/);
    await student.choose(join(folder, 'large.mp4'));
    await expect.poll(() => student.message()).toBe('The file is 250 MB; at most 200 MB are allowed.');
    await student.choose(join(folder, 'noise.mp4'));
    await expect.poll(() => student.message(), { timeout: 60_000 }).toBe('The file is not a video.');
    for (let count = 0; count < 3; count++) await student.handIn(folder, 'garden.webm');
    await student.choose(join(folder, 'garden.webm'));
    await expect.poll(() => student.message()).toMatch(/^Too many requests; please try again in \d+ minutes\.$/);
    expect(await student.page.getByTestId('again').isVisible()).toBe(true);
    await student.leave();
  });
});

/** Digests of all originals in the storage's folder. */
async function storedVideos(): Promise<string[]> {
  const videos = join(folder, 'data', 'videos', 'videos');
  const originals = (await readdir(videos, { recursive: true })).filter((entry) => /source\.[a-z0-9]+$/.test(entry));
  return Promise.all(originals.map((entry) => sha256OfFile(join(videos, entry))));
}

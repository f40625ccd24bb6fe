import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeVideo, sha256OfFile } from '../test-support/browser.ts';
import { ClassroomPage } from '../test-support/classroom-page.ts';
import { backends } from './backends/backends.ts';
import { Classroom } from './classroom.ts';

let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-clouds-'));
  // One for each way to upload to S3: in one form, and in parts.
  await makeVideo(join(folder, 'garden.webm'), 5, 4);
  await makeVideo(join(folder, 'harbour.mp4'), 18, 12);
  await writeFile(join(folder, 'noise.mp4'), Buffer.alloc(100_000, 'noise'));
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!canPlayHere).each(['s3-cloudfront', 'cloudflare-stream'] as const)(
  'the classroom on %s, emulated',
  (backendName) => {
    let classroom: Classroom;
    beforeAll(async () => {
      classroom = await Classroom.open({ folder: join(folder, backendName), port: 0, backend: backends[backendName] });
    });
    afterAll(() => classroom?.close());

    test('a student hands in a webm and an mp4; a teacher plays both, and deletes one', async () => {
      const student = await ClassroomPage.enter(browser, classroom.url, 'Ada', 'student');
      for (const name of ['garden.webm', 'harbour.mp4']) await student.handIn(folder, name);
      await expect.poll(() => student.page.getByTestId('video').count()).toBe(2);
      await student.leave();

      const teacher = await ClassroomPage.enter(browser, classroom.url, 'Ms Byron', 'teacher');
      for (const name of ['harbour.mp4', 'garden.webm']) await teacher.play(name);
      await teacher.page.getByTestId('video').filter({ hasText: 'garden' }).getByTestId('delete').click();
      await teacher.page.getByTestId('sure-delete').click();
      await expect.poll(() => teacher.message()).toBe('“garden.webm” is deleted.');
      await expect
        .poll(() => teacher.page.getByTestId('video').allTextContents())
        .toEqual([expect.stringContaining('harbour.mp4')]);
      await teacher.leave();
    });

    test('what is no video is told, when it is confirmed or when it has been processed', async () => {
      const student = await ClassroomPage.enter(browser, classroom.url, 'Linus', 'student');
      await student.choose(join(folder, 'noise.mp4'));
      await expect.poll(() => student.message(), { timeout: 60_000 }).toMatch(/not a video/);
      await student.leave();
    });

    test('signed URLs: the right one plays the very bytes, a changed one is refused', async () => {
      const teacher = await ClassroomPage.enter(browser, classroom.url, 'Ms Byron', 'teacher');
      const url = await teacher.page.evaluate(async () => {
        const { videos } = await (await fetch('/api/video/videos')).json();
        const [{ videoId }] = videos.filter((video: { fileName: string }) => video.fileName === 'harbour.mp4');
        const headers = { 'Content-Type': 'application/json' };
        const response = await fetch(`/api/video/videos/${videoId}/playback`, { method: 'POST', headers, body: '{}' });
        return (await response.json()).url as string;
      });
      await teacher.leave();
      const right = await fetch(url);
      expect(right.status).toBe(200);
      // The player's page of Cloudflare is no file; S3 gives back what it got.
      if (backendName === 's3-cloudfront') {
        const digest = createHash('sha256')
          .update(await right.bytes())
          .digest('hex');
        expect(digest).toBe(await sha256OfFile(join(folder, 'harbour.mp4')));
      }
      // In the middle of the signature: of the query, or of the token in the path.
      const changed = url.replace(
        /(Signature=|\.[\w-]+\.)(.{10})(.)/,
        (_, before, some, one) => before + some + (one === 'A' ? 'B' : 'A'),
      );
      expect(changed).not.toBe(url);
      expect([401, 403]).toContain((await fetch(changed)).status);
    });
  },
);

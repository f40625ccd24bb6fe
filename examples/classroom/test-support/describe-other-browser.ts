import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeVideo, sha256OfFile } from './browser.ts';
import type { ScriptedBrowser } from './scripted-browser.ts';
import { ScriptedClassroom } from './scripted-classroom.ts';
import { TestClassroom } from './test-classroom.ts';

const PATIENT = { timeout: 150_000 };
/** WebKitGTK needs a second or two to open a source, on two cores that do nothing else. */
const GRANT_SECONDS = 10;
const MIB = 1024 * 1024;

/** The story once more in another browser than Chromium, on local storage. */
export function describeOtherBrowser(name: string, isThere: boolean, launch: () => Promise<ScriptedBrowser>): void {
  describe.skipIf(!isThere)(`the story in ${name}`, () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'classroom-browsers-'));
      await makeVideo(join(folder, 'harbour.mp4'), 30, 6);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test('a video of 20 MB arrives over a cut and a reload, and is watched until the right is withdrawn', async () => {
      const path = join(folder, 'harbour.mp4');
      const { size } = await stat(path);
      const classroom = await TestClassroom.open({ backendName: 'local', grantSeconds: GRANT_SECONDS });
      const browser = await launch();
      try {
        const page = new ScriptedClassroom(browser, classroom.url);
        await page.enter('Ada', 'student');
        await page.openAssignment();
        const before = classroom.proxy.uploadedBytes;
        classroom.proxy.slowUpload(4_000_000);
        classroom.proxy.cutAfterUpload(2_000_000);
        await page.choose(path);
        await expect.poll(() => page.percent(), PATIENT).toBeGreaterThanOrEqual(37);
        await page.enter('Ada', 'student');
        await page.openAssignment();
        await expect.poll(() => page.uploaderText(), PATIENT).toContain('“harbour.mp4”');
        classroom.proxy.slowUpload(Number.POSITIVE_INFINITY);
        await page.choose(path);
        await expect.poll(() => page.message(), PATIENT).toBe('“harbour.mp4” has been submitted.');
        expect(classroom.proxy.cutCount).toBe(1);
        // Two interruptions; a chunk of tus is 16 MiB.
        expect(classroom.proxy.uploadedBytes - before - size).toBeLessThanOrEqual(2 * 16 * MIB);

        await page.enter('Ms Byron', 'teacher');
        await page.openAssignment();
        await page.openVideo();
        const served = await page.sha256OfServed();
        expect(served).toBe(await sha256OfFile(path));
        await page.play();
        await expect.poll(async () => (await page.player()).seconds, PATIENT).toBeGreaterThan(11);
        const { renewals, wentBackBySeconds } = await page.player();
        expect(renewals).toBeGreaterThanOrEqual(1);
        expect(wentBackBySeconds).toBe(0);
        await page.become('Mallory', 'student');
        await expect.poll(async () => (await page.player()).isPaused, PATIENT).toBe(true);
        const { seconds } = await page.player();
        // At the film's end it would stop by itself.
        expect(seconds).toBeLessThan(29);
        await sleep(1000);
        expect((await page.player()).seconds).toBe(seconds);
      } finally {
        await browser.close();
        await classroom.close();
      }
    });
  });
}

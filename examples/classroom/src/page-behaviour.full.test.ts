import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeVideo, sha256OfFile } from '../test-support/browser.ts';
import { ClassroomPage } from '../test-support/classroom-page.ts';
import { backends } from './backends/backends.ts';
import { Classroom } from './classroom.ts';

const HOSTILE_NAME = '\'"><img src=x onerror=alert(1)>.webm';
let folder: string;
let browser: Browser;
let classroom: Classroom;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-page-'));
  await makeVideo(join(folder, 'harbour.mp4'), 18, 12);
  await makeVideo(join(folder, HOSTILE_NAME), 2, 1);
  classroom = await Classroom.open({ folder: join(folder, 'local'), port: 0, backend: backends.local });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await classroom?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!canPlayHere).each([
  // By tus what has arrived is counted to the byte; a part of 5 MiB that is begun is sent again.
  ['local', 'PATCH', 2_000_000],
  ['s3-cloudfront', 'PUT', 5_000_000],
] as const)('on %s, an upload that a reload interrupts', (backendName, method, savedBytes) => {
  let opened: Classroom;
  beforeAll(async () => {
    const place = join(folder, `resumed-${backendName}`);
    opened = await Classroom.open({ folder: place, port: 0, backend: backends[backendName] });
  });
  afterAll(() => opened?.close());

  test('goes on where it stopped, when the same file is chosen', async () => {
    const student = await ClassroomPage.enter(browser, opened.url, 'Ada', 'student');
    await student.limitUpload(6_000_000);
    await student.choose(join(folder, 'harbour.mp4'));
    const bar = student.page.getByTestId('upload-progress');
    await expect
      .poll(() => bar.evaluate((one: HTMLProgressElement) => one.value), { timeout: 60_000 })
      .toBeGreaterThan(0.5);
    await student.page.reload();
    await student.page.getByTestId('unfinished').waitFor();
    expect(await student.page.getByTestId('unfinished').textContent()).toContain('“harbour.mp4” has not arrived');
    await student.limitUpload(-1);
    const sent: Request[] = [];
    student.page.on('request', (request) => request.method() === method && sent.push(request));
    await student.handIn(folder, 'harbour.mp4');
    const sizes = await Promise.all(sent.map(async (request) => Number(await request.headerValue('content-length'))));
    const { size } = await stat(join(folder, 'harbour.mp4'));
    expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThan(size - savedBytes);
    expect(await student.page.getByTestId('unfinished').isVisible()).toBe(false);
    const bytes = await student.page.evaluate(async () => {
      const { videos } = await (await fetch('/api/video/videos')).json();
      const headers = { 'Content-Type': 'application/json' };
      const path = `/api/video/videos/${videos[0].videoId}/playback`;
      const { url } = await (await fetch(path, { method: 'POST', headers, body: '{}' })).json();
      const digest = await crypto.subtle.digest('SHA-256', await (await fetch(url)).arrayBuffer());
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    });
    expect(bytes).toBe(await sha256OfFile(join(folder, 'harbour.mp4')));
    await student.leave();
  });

  test('is given up by a press, and no trace of it is left', async () => {
    const student = await ClassroomPage.enter(browser, opened.url, 'Grace', 'student');
    await student.limitUpload(3_000_000);
    await student.choose(join(folder, 'harbour.mp4'));
    await expect.poll(() => student.page.getByTestId('upload-state').textContent()).toBe('Sending');
    await student.page.reload();
    const answered = student.page.waitForResponse((response) => response.request().method() === 'DELETE');
    await student.page.getByTestId('unfinished-forget').click();
    expect((await answered).status()).toBe(204);
    await student.page.reload();
    await student.page.getByTestId('file').waitFor({ state: 'attached' });
    expect(await student.page.getByTestId('unfinished').isVisible()).toBe(false);
    await student.leave();
  });
});

describe.skipIf(!canPlayHere)('the page', () => {
  test('can be used by keys alone, and tells by labels, focus and live regions what happens', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(classroom.url);
    await page.getByLabel('Your name').focus();
    await page.keyboard.type('Sam');
    await page.keyboard.press('Enter');
    await page.getByTestId('assignment').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('assignment');
    expect(await page.getByTestId('who').textContent()).toBe('Sam student');
    // From the heading, the next stop is the file field.
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('file');
    expect(await page.getByLabel('Choose a video').count()).toBe(1);
    expect(await page.locator('[aria-live=assertive]').count()).toBe(1);
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await page.getByTestId('name').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('name');
    await context.close();
  });

  test('T-L1: shows a hostile file name as text; asks before it deletes, and takes Escape for a no', async () => {
    const student = await ClassroomPage.enter(browser, classroom.url, '<b>Bobby</b>', 'student');
    const { page } = student;
    await student.handIn(folder, HOSTILE_NAME);
    await page.getByTestId('play').click();
    await page.getByTestId('player').waitFor();
    const title = page.getByTestId('video').locator('.title');
    expect(await title.textContent()).toBe(HOSTILE_NAME);
    expect(await page.getByTestId('who').textContent()).toBe('<b>Bobby</b> student');
    // The page itself has neither.
    expect(await page.locator('img, b').count()).toBe(0);
    await page.getByTestId('delete').click();
    await page.keyboard.press('Escape');
    expect(await page.getByTestId('sure').isVisible()).toBe(false);
    expect(await page.getByTestId('video').count()).toBe(1);
    await page.getByTestId('delete').click();
    await page.getByTestId('sure-delete').click();
    await page.getByTestId('empty').waitFor();
    await student.leave();
  });

  test('cancels an upload, and says so', async () => {
    const student = await ClassroomPage.enter(browser, classroom.url, 'Edsger', 'student');
    await student.limitUpload(3_000_000);
    await student.choose(join(folder, 'harbour.mp4'));
    await student.page.getByTestId('upload-abort').click();
    await expect.poll(() => student.message()).toBe('The upload was cancelled.');
    expect(await student.page.getByTestId('unfinished').isVisible()).toBe(false);
    expect(await student.page.getByTestId('video').count()).toBe(0);
    await student.leave();
  });

  test('says in a sentence that the classroom does not answer, and goes on when it does', async () => {
    const student = await ClassroomPage.enter(browser, classroom.url, 'Barbara', 'student');
    await student.page.route('**/api/video/uploads', (route) => route.abort());
    await student.choose(join(folder, 'harbour.mp4'));
    await expect.poll(() => student.message()).toBe('The classroom does not answer; is it still running?');
    await student.page.unroute('**/api/video/uploads');
    await student.page.getByTestId('again').click();
    await expect.poll(() => student.message(), { timeout: 60_000 }).toContain('is handed in');
    await student.leave();
  });

  test('fits a phone: nothing is wider than the screen', async () => {
    const phone = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
    const student = await ClassroomPage.enter(browser, classroom.url, 'A'.repeat(60), 'student', phone);
    await student.handIn(folder, 'harbour.mp4');
    expect(await student.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await student.leave();
  });
});

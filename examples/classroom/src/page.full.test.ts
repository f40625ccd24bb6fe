import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeVideo } from '../test-support/browser.ts';
import { ClassroomPage, type Role } from '../test-support/classroom-page.ts';
import { TestClassroom } from '../test-support/test-classroom.ts';

const TITLE = 'Show us a place you like';
const HOSTILE_NAME = '\'"><img src=x onerror=alert(1)>.webm';
const LONG_NAME = 'A'.repeat(60);
const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true } as const;
/** A page that axe-core examines. */
interface Visit {
  /** Address of the page; undefined: that of the video. */
  readonly hash?: string;
  /** Selector of an element to wait for before the examination. */
  readonly shows?: string;
  /** A button to press then, and what it opens. */
  readonly opens?: string;
  readonly opened?: string;
}
const HISTORY = '[data-testid=history] li';
const FORM = { opens: 'assignment-edit', opened: 'assignment-title' } as const;
const VIDEO: Visit = { shows: HISTORY, opens: 'delete', opened: 'sure' };
let folder: string;
let browser: Browser;
let classroom: TestClassroom;
let axe: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-page-'));
  await makeVideo(join(folder, 'harbour.mp4'), 14, 8);
  await makeVideo(join(folder, HOSTILE_NAME), 2, 1);
  await writeFile(join(folder, 'notes.txt'), 'Some text.');
  await writeFile(join(folder, 'noise.mp4'), Buffer.alloc(100_000, 'noise'));
  // A sparse file: it is refused because of its size, before a byte of it is read.
  const large = await open(join(folder, 'large.mp4'), 'w');
  await large.truncate(250_000_000);
  await large.close();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  classroom = await TestClassroom.open({ backendName: 'local' });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await classroom?.close();
  await rm(folder, { recursive: true, force: true });
});

const enter = (name: string, role: Role, options: BrowserContextOptions = {}) =>
  ClassroomPage.enter(browser, classroom.url, name, role, options);

/** The serious and critical problems that axe-core finds on the page. */
async function seriousFaults(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate(
    async (options): Promise<AxeResults> => Reflect.get(window, 'axe').run(options),
    { resultTypes: ['violations'] } satisfies RunOptions,
  );
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}

const widthOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

describe.skipIf(!canPlayHere)('the page', () => {
  test('a student sees the progress of an upload, pauses it, continues, and finds it listed with name, length and picture', async () => {
    const student = await enter('Ada', 'student');
    await student.goTo(TITLE);
    await student.limitUpload(3_000_000);
    await student.choose(join(folder, 'harbour.mp4'));
    await expect.poll(() => student.percent()).toBeGreaterThan(5);
    await expect.poll(() => student.state()).toMatch(/Uploading · \d+ % · .*B\/s · .* left/);
    await student.uploader.getByRole('button', { name: 'Pause: harbour.mp4' }).click();
    await expect.poll(() => student.state()).toContain('Paused');
    expect(await seriousFaults(student.page)).toEqual([]);
    // The upload continues whichever view the page shows.
    await student.page.getByRole('link', { name: 'Assignments' }).click();
    await student.goTo(TITLE);
    await expect.poll(() => student.state()).toContain('Paused');
    await student.limitUpload(-1);
    await student.uploader.getByRole('button', { name: 'Resume: harbour.mp4' }).click();
    await student.submitted('harbour.mp4');
    await expect.poll(() => student.page.getByTestId('video').textContent()).toMatch(/^0:14Ada.*harbour\.mp4 · 1[34]/);
    await student.close();
  });

  test('a teacher who waits sees new submissions appear', async () => {
    const [teacher, student] = [await enter('Mr Boole', 'teacher'), await enter('Alan', 'student')];
    await teacher.goTo(TITLE);
    await student.goTo(TITLE);
    const own = teacher.page.getByTestId('video').filter({ hasText: 'Alan' });
    expect(await own.count()).toBe(0);
    await student.submit(folder, HOSTILE_NAME);
    await expect.poll(() => own.count()).toBe(1);
    await Promise.all([teacher.close(), student.close()]);
  });

  test('a wrong type, a file that is too large and one that is not a video each get a message with the file’s name', async () => {
    const student = await enter('Linus', 'student');
    await student.goTo(TITLE);
    const remove = (name: string) =>
      student.uploader
        .getByRole('button', { name: `Remove: ${name}` })
        .first()
        .click();
    for (const [name, sentence] of [
      ['notes.txt', /“notes.txt” is not a video that is accepted here\./],
      ['large.mp4', /“large.mp4” is too large: The file is 250 MB; at most 200 MB are allowed\./],
    ] as const) {
      await student.choose(join(folder, name));
      await expect.poll(() => student.state()).toMatch(sentence);
      await remove(name);
    }
    await student.choose(join(folder, 'noise.mp4'));
    await expect.poll(() => student.state()).toMatch(/“noise.mp4”.* not a video\./);
    await remove('noise.mp4');
    // The failed upload is listed with the reason, until its student deletes it.
    const card = student.page.getByTestId('video');
    await expect.poll(() => card.allTextContents()).toEqual([expect.stringContaining('The file is not a video.')]);
    // It has no play icon, since it cannot be played.
    expect(await card.locator('img').count()).toBe(0);
    await card.click();
    await student.deleteOpen();
    await expect.poll(() => card.count()).toBe(0);
    await student.close();
  });

  test('a teacher sets an assignment, and closes it; it then accepts no videos', async () => {
    const teacher = await enter('Ms Byron', 'teacher');
    const { page } = teacher;
    const set = async (due: string) => {
      await page.getByTestId('assignment-edit').click();
      await page.getByTestId('assignment-title').fill('Cook something');
      await page.getByTestId('assignment-due').fill(due);
      await page.getByTestId('assignment-save').click();
      await expect.poll(() => teacher.message()).toBe('“Cook something” has been saved.');
      expect(await page.evaluate(() => document.activeElement?.localName)).toBe('summary');
    };
    await set('2040-01-01T12:00');
    await teacher.goTo('Cook something');
    const student = await enter('Edsger', 'student');
    await student.goTo('Cook something');
    expect(await student.uploader.count()).toBe(1);
    await set('2020-01-01T12:00');
    expect(await page.getByTestId('due').textContent()).toMatch(/^Closed on 1\sJan/);
    await student.page.reload();
    await student.page.getByTestId('empty').waitFor();
    expect(await student.uploader.count()).toBe(0);
    await Promise.all([teacher.close(), student.close()]);
  });

  test('shows a message when the classroom does not answer, and continues when it does', async () => {
    const student = await enter('Barbara', 'student');
    await student.page.route('**/api/assignments', (route) => route.abort());
    await student.page.getByTestId('assignment').first().getByRole('link').click();
    await expect.poll(() => student.message()).toBe('The classroom does not answer. Is it still running?');
    await student.page.unroute('**/api/assignments');
    await student.goTo(TITLE);
    expect(await student.message()).toBe('');
    await student.close();
  });

  test('can be used with only the keyboard; the focus is kept and visible', async () => {
    const context = await browser.newContext();
    const { page } = await ClassroomPage.open(context, classroom.url);
    const focused = () => page.evaluate(() => document.activeElement?.id);
    await page.getByLabel('Your name').focus();
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await page.getByTestId('assignments').waitFor();
    expect(await focused()).toBe('heading');
    expect(await page.getByTestId('who').textContent()).toBe('Ada student');
    for (const key of ['Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    await expect.poll(() => page.getByTestId('heading').textContent()).toBe(TITLE);
    expect(await focused()).toBe('heading');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByTestId('delete').focus();
    await page.keyboard.press('Enter');
    expect(await page.getByTestId('sure').isVisible()).toBe(true);
    // Escape cancels, and the focus returns.
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('delete');
    await page.keyboard.press('Enter');
    for (const key of ['Tab', 'Enter']) await page.keyboard.press(key);
    await expect.poll(() => page.getByTestId('message').textContent()).toBe('The video of Ada has been deleted.');
    await expect.poll(focused).toBe('heading');
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await page.getByTestId('name').waitFor();
    expect(await focused()).toBe('name');
    await context.close();
  });

  test('the focus stays on a video of the list when another one is added', async () => {
    const [teacher, student] = [await enter('Mr Boole', 'teacher'), await enter('Grace', 'student')];
    await teacher.goTo(TITLE);
    const first = teacher.page.getByTestId('video').filter({ hasText: 'Alan' });
    await first.focus();
    const id = await first.getAttribute('id');
    await student.goTo(TITLE);
    await student.submit(folder, HOSTILE_NAME);
    await expect
      .poll(() => teacher.page.getByTestId('video').allTextContents())
      .toEqual([expect.stringContaining('Grace'), expect.stringContaining('Alan')]);
    expect(await teacher.page.evaluate(() => document.activeElement?.id)).toBe(id);
    await Promise.all([teacher.close(), student.close()]);
  });

  test('T-L1: shows hostile names of people and files as text', async () => {
    const student = await enter('<b>Bobby</b>', 'student');
    const { page } = student;
    await student.goTo(TITLE);
    await student.submit(folder, HOSTILE_NAME);
    expect(await page.getByTestId('video').textContent()).toContain(HOSTILE_NAME);
    await student.watch('Bobby');
    await student.seesItMove();
    expect(await page.getByTestId('who').textContent()).toBe('<b>Bobby</b> student');
    // The page itself has no `img` and no `script` in these places.
    expect(await page.locator('img[src=x], b').count()).toBe(0);
    await student.close();
  });

  test.each([
    ['on a large screen', {}],
    ['at 320 px', PHONE],
  ] as const)(
    '%s, light and dark, axe-core finds no serious problem on any page, also with form and dialog open, and nothing is wider than the screen',
    async (_name, screen) => {
      // Otherwise a colour in the middle of a transition would be measured.
      const options = { ...screen, reducedMotion: 'reduce' } as const;
      const look = async (page: Page, where: string) => {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          expect(await seriousFaults(page), `${where}, ${colorScheme}`).toEqual([]);
        }
        expect(await widthOf(page), where).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
      };
      const context = await browser.newContext(options);
      await look((await ClassroomPage.open(context, classroom.url)).page, 'the sign-in page');
      await context.close();
      const student = await enter(LONG_NAME, 'student', options);
      await student.goTo(TITLE);
      await student.submit(folder, HOSTILE_NAME);
      const teacher = await enter('Ms Byron', 'teacher', options);
      await teacher.goTo(TITLE);
      await expect.poll(() => teacher.page.getByTestId('video').filter({ hasText: LONG_NAME }).count()).toBe(1);
      const video = `#/videos/${await teacher.videoId(LONG_NAME)}`;
      const administrator = await enter(LONG_NAME, 'administrator', options);
      for (const [person, visits] of [
        [student, [{ hash: '#/' }, { hash: '#/assignments/place' }, { hash: '#/assignments/hello' }, VIDEO]],
        [teacher, [{ hash: '#/', ...FORM }, { hash: '#/assignments/place', ...FORM }, VIDEO]],
        [
          administrator,
          [{ hash: '#/cost', shows: '[data-testid=estimate] td' }, { hash: '#/activity', shows: HISTORY }, VIDEO],
        ],
      ] as readonly (readonly [ClassroomPage, readonly Visit[]])[]) {
        const { page } = person;
        for (const { hash = video, shows = '[data-testid=heading]', opens, opened = '' } of visits) {
          await page.goto(`${classroom.url}/${hash}`);
          await page.reload();
          await page.locator(shows).first().waitFor();
          await look(page, hash);
          if (opens === undefined) continue;
          await page.getByTestId(opens).click();
          // A dialog lies above the page, and does not make it wider.
          const { x = -1, width = 0 } = (await page.getByTestId(opened).boundingBox()) ?? {};
          expect(x, opened).toBeGreaterThanOrEqual(0);
          expect(x + width, opened).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
          await look(page, `${hash}, ${opened}`);
        }
        await person.close();
      }
    },
  );
});

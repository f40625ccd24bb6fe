import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { inTime } from './in-time.ts';

/** The roles of the classroom. */
export type Role = 'student' | 'teacher' | 'administrator';

/** What a player shows. */
export interface Played {
  readonly seconds: number;
  readonly frames: number;
  readonly isShown: boolean;
  readonly isPaused: boolean;
}

const NOTHING: Played = { seconds: 0, frames: 0, isShown: false, isPaused: true };

/** The classroom as one person sees it, in a browser of their own. */
export class ClassroomPage {
  /** For actions without a method here. */
  readonly page: Page;
  readonly #errors: Error[] = [];
  #session: CDPSession | undefined;

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.#errors.push(error));
  }

  /** Opens the page and signs in. */
  static async enter(
    browser: Browser,
    url: string,
    name: string,
    role: Role,
    options: BrowserContextOptions = {},
  ): Promise<ClassroomPage> {
    const entered = await ClassroomPage.open(await browser.newContext(options), url);
    await entered.page.getByTestId('name').fill(name);
    await entered.page.getByTestId(`as-${role}`).click();
    await entered.page.getByTestId('assignments').waitFor();
    return entered;
  }

  /** Another tab of a person who has already signed in. */
  static async open(context: BrowserContext, url: string): Promise<ClassroomPage> {
    const opened = new ClassroomPage(await context.newPage());
    await opened.page.goto(url);
    await opened.page.getByTestId('heading').waitFor();
    return opened;
  }

  /** Goes to an assignment. */
  async goTo(title: string): Promise<void> {
    await this.page.locator('.brand').click();
    await this.page.getByTestId('assignment').filter({ hasText: title }).getByRole('link').click();
    await expect.poll(() => this.page.getByTestId('heading').textContent()).toBe(title);
  }

  /** The element that uploads. */
  get uploader(): Locator {
    return this.page.locator('video-storage-uploader');
  }

  /** Chooses a file; the caller awaits the message of its outcome. */
  async choose(path: string): Promise<void> {
    await this.uploader.locator('input[type=file]').setInputFiles(path);
  }

  /** Chooses a file and waits until it is submitted. */
  async submit(folder: string, fileName: string): Promise<void> {
    await this.choose(join(folder, fileName));
    await this.submitted(fileName);
  }

  /** Waits until a file that was chosen is submitted. */
  async submitted(fileName: string): Promise<void> {
    await expect.poll(() => this.message()).toBe(`“${fileName}” has been submitted.`);
  }

  /** Percent of the file that is being sent, or undefined while none is. */
  async percent(): Promise<number | undefined> {
    const bar = this.uploader.getByRole('progressbar');
    return (await bar.count()) === 0 ? undefined : Number(await bar.first().getAttribute('aria-valuenow'));
  }

  /** The uploader's text about the file in its list. */
  async state(): Promise<string> {
    const states = await this.uploader
      .locator('[part~=file] [part~=state], [part~=file] [part~=sentence]')
      .allTextContents();
    return states.join(' ');
  }

  /** The uploader's text about uploads that this browser has not finished. */
  async unfinished(): Promise<string> {
    return (await this.uploader.locator('[part~=unfinished]').allTextContents()).join(' ');
  }

  /** Chooses a file for the upload that this browser has not finished. */
  async goOnWith(path: string): Promise<void> {
    const choosing = this.page.waitForEvent('filechooser');
    await this.uploader.getByRole('button', { name: 'Choose the file' }).click();
    await (await choosing).setFiles(path);
  }

  /** Changes the session of this browser to another person, without a reload of the page. */
  async becomes(name: string, role: Role): Promise<void> {
    const status = await this.page.evaluate(async (body) => {
      const headers = { 'Content-Type': 'application/json' };
      return (await fetch('/api/session', { method: 'POST', headers, body })).status;
    }, JSON.stringify({ name, role }));
    expect(status).toBe(200);
  }

  /** The id of the first video in the list that shows this text. */
  async videoId(text: string): Promise<string> {
    const href = await this.page.getByTestId('video').filter({ hasText: text }).first().getAttribute('href');
    return href?.split('/').at(-1) ?? '';
  }

  /** The id of the video that is open. */
  openVideoId(): string {
    return new URL(this.page.url()).hash.split('/').at(-1) ?? '';
  }

  /** Requests a grant, as the player does. */
  grant(videoId: string): Promise<{ readonly status: number; readonly url?: string; readonly expiresAt?: string }> {
    return this.page.evaluate(async (id) => {
      const headers = { 'Content-Type': 'application/json' };
      const response = await fetch(`/api/video/videos/${id}/playback`, { method: 'POST', headers, body: '{}' });
      return { ...(await response.json()), status: response.status };
    }, videoId);
  }

  /** The message that the page shows; empty when there is none. */
  async message(): Promise<string> {
    const element = this.page.getByTestId('message');
    return (await element.isVisible()) ? ((await element.textContent()) ?? '') : '';
  }

  /** Limits the upload speed, so that something can be done meanwhile; -1 = no limit. */
  async limitUpload(bytesPerSecond: number, offline = false): Promise<void> {
    // One session, since each has its own network conditions, and those of the first would stay in force beside another's.
    this.#session ??= await this.page.context().newCDPSession(this.page);
    const session = this.#session;
    await session.send('Network.enable');
    const conditions = { offline, latency: 5, downloadThroughput: -1, uploadThroughput: bytesPerSecond };
    await session.send('Network.emulateNetworkConditions', conditions);
  }

  /** Opens the first video that shows this text, when it can be played. */
  async watch(text: string): Promise<void> {
    await this.page.getByTestId('video').filter({ hasText: text }).first().click();
    await this.page.locator('video-storage-player').waitFor({ timeout: 150_000 });
  }

  /** Waits until the picture of the open video changes. */
  async seesItMove(): Promise<void> {
    const player = this.page.locator('video-storage-player');
    const playing = player.evaluate((element: HTMLMediaElement) => element.play());
    await inTime('play() does not end', playing, 150);
    await expect.poll(() => this.played()).toMatchObject({ isShown: true });
    const first = await this.played();
    // A busy computer decodes few frames while the position advances, so both are waited for.
    const advanced = async () => {
      const { seconds, frames } = await this.played();
      return { seconds: seconds > first.seconds + 0.4, frames: frames > 5 };
    };
    await expect.poll(advanced).toEqual({ seconds: true, frames: true });
  }

  /** The state of the video, in the page or in the framed player. */
  async played(): Promise<Played> {
    for (const frame of this.page.frames()) {
      const looking = frame.evaluate(() => {
        const inPage = document.querySelector('video-storage-player')?.shadowRoot ?? document;
        const video = inPage.querySelector('video');
        if (video === null) return undefined;
        const { currentTime: seconds, paused: isPaused, videoWidth } = video;
        const frames = video.getVideoPlaybackQuality().totalVideoFrames;
        return { seconds, frames, isPaused, isShown: seconds > 0.2 && videoWidth > 0 };
      });
      const found = await looking.catch((error: unknown) => {
        // The page replaces the framed player when another video is chosen; a removed frame has no state.
        if (frame.isDetached()) return undefined;
        throw error;
      });
      if (found !== undefined) return found;
    }
    return NOTHING;
  }

  /** Deletes the open video. */
  async deleteOpen(): Promise<void> {
    await this.page.getByTestId('delete').click();
    await this.page.getByTestId('sure-delete').click();
    await expect.poll(() => this.message()).toMatch(/has been deleted\.$/);
  }

  /** Closes the page. @throws what the page's own script threw */
  async close(): Promise<void> {
    await this.page.context().close();
    const [error] = this.#errors;
    if (error !== undefined) throw error;
  }
}

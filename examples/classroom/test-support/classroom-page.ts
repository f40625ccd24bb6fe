import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

const PATIENT = { timeout: 60_000 };

/** The classroom as one person sees it, in a browser of their own. */
export class ClassroomPage {
  /** For what no method here does. */
  readonly page: Page;
  readonly #errors: Error[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.#errors.push(error));
  }

  /** Opens the page and comes in. */
  static async enter(
    browser: Browser,
    url: string,
    name: string,
    role: 'student' | 'teacher',
    options: BrowserContextOptions = {},
  ): Promise<ClassroomPage> {
    const context = await browser.newContext(options);
    const entered = new ClassroomPage(await context.newPage());
    await entered.page.goto(url);
    await entered.page.getByTestId('name').fill(name);
    await entered.page.getByTestId(role === 'student' ? 'as-student' : 'as-teacher').click();
    await entered.page.getByTestId('assignment').waitFor();
    return entered;
  }

  /** Chooses a file; what comes of it is awaited by its message. */
  async choose(path: string): Promise<void> {
    await this.page.getByTestId('file').setInputFiles(path);
  }

  /** Chooses a file and waits until it is handed in. */
  async handIn(folder: string, fileName: string): Promise<void> {
    await this.choose(join(folder, fileName));
    await expect.poll(() => this.message(), PATIENT).toContain(`“${fileName}” is handed in.`);
  }

  /** What the page says now; empty when it says nothing. */
  async message(): Promise<string> {
    const element = this.page.getByTestId('message');
    return (await element.isVisible()) ? ((await element.textContent()) ?? '') : '';
  }

  /** Slows the sending down, so that something can be done meanwhile; -1 is as fast as it can. */
  async limitUpload(bytesPerSecond: number): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Network.enable');
    const conditions = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: bytesPerSecond };
    await session.send('Network.emulateNetworkConditions', conditions);
  }

  /** Waits until a video that may be played stands in the list, plays it, and sees its picture move. */
  async play(fileName: string): Promise<void> {
    const row = this.page.getByTestId('video').filter({ hasText: fileName }).first();
    await expect.poll(() => row.getByTestId('play').isEnabled(), PATIENT).toBe(true);
    await row.getByTestId('play').click();
    await expect.poll(() => this.#played(), PATIENT).toMatchObject({ isShown: true });
    const first = await this.#played();
    await expect.poll(async () => (await this.#played()).seconds, PATIENT).toBeGreaterThan(first.seconds + 0.4);
    expect((await this.#played()).frames).toBeGreaterThan(5);
  }

  /** Takes the person away. @throws what the page's own script threw */
  async leave(): Promise<void> {
    await this.page.context().close();
    const [error] = this.#errors;
    if (error !== undefined) throw error;
  }

  /** What the video shows, in the page or in the player that is framed in it. */
  async #played(): Promise<{ readonly seconds: number; readonly frames: number; readonly isShown: boolean }> {
    for (const frame of this.page.frames()) {
      const looking = frame.evaluate(() => {
        const video = document.querySelector('video');
        if (video === null) return undefined;
        const frames = video.getVideoPlaybackQuality().totalVideoFrames;
        return { seconds: video.currentTime, frames, isShown: video.currentTime > 0.2 && video.videoWidth > 0 };
      });
      const found = await looking.catch((error: unknown) => {
        // The page replaces the framed player when another video is chosen: a frame that is gone shows nothing.
        if (frame.isDetached()) return undefined;
        throw error;
      });
      if (found !== undefined) return found;
    }
    return { seconds: 0, frames: 0, isShown: false };
  }
}

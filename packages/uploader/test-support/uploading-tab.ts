import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { PageState } from './uploading-page.ts';

/** A busy computer takes several times as long as a quiet one. */
const PATIENT = { timeout: 150_000, interval: 20 };

/** A tab with the page in it. */
export class UploadingTab {
  /** The tab itself. */
  readonly page: Page;
  readonly #devtools: CDPSession;

  private constructor(page: Page, devtools: CDPSession) {
    this.page = page;
    this.#devtools = devtools;
  }

  /** Opens it. */
  static async open(context: BrowserContext, url: string): Promise<UploadingTab> {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await page.goto(url);
    const tab = new UploadingTab(page, devtools);
    await tab.loaded();
    return tab;
  }

  /** Limits the upload speed; 0: no network; -1: no limit. */
  async limit(bytesPerSecond: number): Promise<void> {
    const offline = bytesPerSecond === 0;
    const conditions = { latency: 0, downloadThroughput: -1, uploadThroughput: offline ? -1 : bytesPerSecond };
    await this.#devtools.send('Network.emulateNetworkConditions', { offline, ...conditions });
  }

  /** Stops the page's scripts while time passes, as a sleeping computer does. Nothing may be asked of it until it is woken. */
  async sleep(): Promise<void> {
    await this.#devtools.send('Debugger.enable');
    const stopped = new Promise((resolve) => this.#devtools.once('Debugger.paused', resolve));
    await this.#devtools.send('Debugger.pause');
    await stopped;
  }

  /** Lets the page's scripts go on. */
  async wake(): Promise<void> {
    await this.#devtools.send('Debugger.resume');
    await this.#devtools.send('Debugger.disable');
  }

  /** Chooses a file; `uploadReference` is the upload that it must continue. */
  async choose(path: string, uploadReference?: string): Promise<void> {
    await this.page.evaluate((reference) => {
      const input = document.querySelector('input');
      if (input === null) return;
      input.value = '';
      if (reference === undefined) delete input.dataset['reference'];
      else input.dataset['reference'] = reference;
    }, uploadReference);
    await this.page.locator('input').setInputFiles(path);
  }

  /** Leaves the page and returns. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.loaded();
  }

  /** What the page shows. */
  state(): Promise<PageState> {
    return this.page.evaluate(() => Reflect.get(globalThis, 'pageState')());
  }

  /** Resolves when this many bytes are sent. */
  async sent(bytes: number): Promise<void> {
    await this.page.waitForFunction(
      (least) => {
        const { sentBytes, phase } = Reflect.get(globalThis, 'pageState')();
        return sentBytes >= least || phase === 'failed';
      },
      bytes,
      { timeout: PATIENT.timeout, polling: 10 },
    );
    expect((await this.state()).error).toBe('');
  }

  /** Resolves with what the page shows when it shows that phase. */
  async phase(phase: string): Promise<PageState> {
    await expect.poll(async () => (await this.state()).phase, PATIENT).toBe(phase);
    return this.state();
  }

  /** References of unfinished uploads. */
  resumable(): Promise<readonly string[]> {
    return this.page.evaluate(async () => {
      const list: readonly { readonly uploadReference: string }[] = await Reflect.get(globalThis, 'pageResumable')();
      return list.map(({ uploadReference }) => uploadReference);
    });
  }

  /** Pauses it. */
  async pause(): Promise<void> {
    await this.page.evaluate(() => Reflect.get(globalThis, 'pagePause')());
  }

  /** Resumes it. */
  async resume(): Promise<void> {
    await this.page.evaluate(() => Reflect.get(globalThis, 'pageResume')());
  }

  /** Resolves when the page's script has run. */
  async loaded(): Promise<void> {
    await this.page.waitForFunction(() => Reflect.has(globalThis, 'pageState'));
  }
}

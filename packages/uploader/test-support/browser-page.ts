import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, CDPSession, FileChooser, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

const PATIENT = { timeout: 60_000 };

/** A file as Playwright puts it into a file dialog. */
export interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** The element in a browser of its own. */
export class BrowserPage {
  /** For actions without a method here. */
  readonly page: Page;
  /** Errors of the page's script, dialogs, and violations of its Content-Security-Policy. */
  readonly faults: string[] = [];
  readonly #dialogs: FileChooser[] = [];
  #session: CDPSession | undefined;

  private constructor(page: Page) {
    this.page = page;
    // Registered at once: Playwright intercepts file dialogs only some time after the first listener was added.
    page.on('filechooser', (chooser) => this.#dialogs.push(chooser));
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('dialog', (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (/Content.Security.Policy|TrustedHTML/i.test(message.text())) this.faults.push(message.text());
    });
  }

  /** Opens the page; `attributes` are those of the element. */
  static async open(
    browser: Browser,
    url: string,
    { attributes = {}, ...options }: BrowserContextOptions & { readonly attributes?: Record<string, string> } = {},
  ): Promise<BrowserPage> {
    // Playwright's own functions and axe-core are injected by the protocol, which bypasses the page's policy.
    const context = await browser.newContext({ locale: 'en-US', ...options });
    const opened = new BrowserPage(await context.newPage());
    await opened.page.goto(new URL(`/?${new URLSearchParams(attributes)}`, url).href);
    await opened.choose.waitFor();
    return opened;
  }

  /** The button that opens the file dialog. */
  get choose(): Locator {
    return this.page.locator('[part=choose]');
  }

  /** The row of a file. */
  row(name: string): Locator {
    return this.page.locator('[part=list] > li').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** Chooses files in the dialog. */
  async pick(...files: readonly ChosenFile[]): Promise<void> {
    await this.page.locator('video-storage-uploader input[type=file]').setInputFiles([...files]);
  }

  /** Waits for the last file dialog that was opened and not returned yet. */
  async dialog(): Promise<FileChooser> {
    await expect.poll(() => this.#dialogs.length, PATIENT).toBeGreaterThan(0);
    const dialog = this.#dialogs.pop();
    if (dialog === undefined) throw new Error('There is no file dialog.');
    return dialog;
  }

  /** Waits until the row of a file shows this text. */
  async says(name: string, text: string | RegExp): Promise<void> {
    const row = this.row(name).locator('[part=state], [part=sentence]');
    await expect.poll(async () => (await row.allTextContents()).join(' '), PATIENT).toMatch(text);
  }

  /** Waits until the button of this label has the focus, as a screen reader says it, or the row: `file: one.mp4`. */
  async focusIs(label: string): Promise<void> {
    const focused = () =>
      this.page.evaluate(() => {
        const inner = document.activeElement?.shadowRoot?.activeElement;
        const name = inner?.matches('li') ? inner.querySelector('[part=name]')?.textContent : undefined;
        return name === undefined ? (inner?.getAttribute('aria-label') ?? inner?.textContent) : `file: ${name}`;
      });
    await expect.poll(focused, PATIENT).toBe(label);
  }

  /** Limits the upload speed, so that something can be done meanwhile; -1 = no limit. */
  async limitUpload(bytesPerSecond: number): Promise<void> {
    // One session, since each has its own network conditions, and those of the first would stay in force beside another's.
    this.#session ??= await this.page.context().newCDPSession(this.page);
    const session = this.#session;
    await session.send('Network.enable');
    const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond };
    await session.send('Network.emulateNetworkConditions', conditions);
  }

  /** The serious and critical violations according to axe-core. */
  async seriousFaults(): Promise<readonly string[]> {
    await this.page.evaluate(axe.source);
    const report = await this.page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
    return report.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`));
  }

  /** Closes the browser's window. Fails when there were `faults`. */
  async close(): Promise<void> {
    await this.page.context().close();
    expect(this.faults).toEqual([]);
  }
}

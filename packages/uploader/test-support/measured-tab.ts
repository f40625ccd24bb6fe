import type { Browser, CDPSession, Page } from 'playwright-core';
import type { MeasuredPage } from './measured-page.ts';

/** A tab of its own browser context with the page of the proofs in it. */
export class MeasuredTab {
  /** The tab itself. */
  readonly page: Page;
  /** Its DevTools. */
  readonly session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.session = session;
  }

  /** Opens the page and chooses the file. */
  static async open(browser: Browser, url: string, path: string): Promise<MeasuredTab> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(url);
    await page.waitForFunction(() => Reflect.has(globalThis, 'measuredPage'));
    await page.locator('input').setInputFiles(path);
    return new MeasuredTab(page, await page.context().newCDPSession(page));
  }

  /** Calls a function of the page, and waits for its figure. */
  call<Name extends keyof MeasuredPage>(
    name: Name,
    ...values: Parameters<MeasuredPage[Name]>
  ): Promise<Awaited<ReturnType<MeasuredPage[Name]>>> {
    return this.page.evaluate(([called, passed]) => Reflect.get(globalThis, 'measuredPage')[called](...passed), [
      name,
      values,
    ] as const);
  }

  /** Closes the tab. */
  async close(): Promise<void> {
    await this.page.context().close();
  }
}

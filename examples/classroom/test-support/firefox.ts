import { existsSync } from 'node:fs';
import puppeteer, { type ElementHandle, type Page, ProtocolError } from 'puppeteer-core';
import type { ScriptedBrowser } from './scripted-browser.ts';

const executablePath = process.env['VIDEOSTORAGE_FIREFOX'] ?? '/usr/bin/firefox-esr';

/** Whether this computer has Firefox; in CI its absence is a failure of its own. */
export const hasFirefox: boolean = existsSync(executablePath);

/** Debian's Firefox, headless, driven with WebDriver BiDi, since Playwright supports only its own build of Firefox. */
export async function launchFirefox(): Promise<ScriptedBrowser> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    extraPrefsFirefox: { 'media.autoplay.default': 0, 'media.volume_scale': '0' },
  });
  const page = await browser.newPage();
  return {
    name: 'Firefox',
    open: async (url) => void (await page.goto(url)),
    run: (body) => page.evaluate(`(async () => { ${body} })()`),
    async chooseFile(inputExpression, path) {
      const handle = await page.evaluateHandle(inputExpression);
      const input = handle.asElement() as ElementHandle<HTMLInputElement> | null;
      if (input === null) throw new Error(`${inputExpression} is not an element`);
      await input.uploadFile(path);
    },
    ...((await canGoOffline(page)) && { setOffline: (isOffline: boolean) => page.setOfflineMode(isOffline) }),
    close: () => browser.close(),
  };
}

/** Older versions do not know the command `emulation.setNetworkConditions`: https://w3c.github.io/webdriver-bidi/ */
async function canGoOffline(page: Page): Promise<boolean> {
  try {
    await page.setOfflineMode(false);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError && error.message.includes('unknown command')) return false;
    throw error;
  }
}

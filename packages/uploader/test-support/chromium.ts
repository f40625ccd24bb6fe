import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = process.env['VIDEOSTORAGE_CHROMIUM'] ?? '/usr/bin/chromium-headless-shell';

/** Whether this computer has the browser; in CI its absence is a failure of its own. */
export const hasChromium: boolean = existsSync(executablePath);

/** Debian's headless shell of Chromium, without requests of its own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--mute-audio'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fixtures } from '@videostorage/testing';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readVideoFile } from './read-video-file.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(executablePath))('in a browser', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
      ...{ bundle: true, format: 'iife', globalName: 'media', platform: 'browser', write: false },
      conditions: ['@videostorage/source'],
    });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
  });
  afterAll(() => browser.close());

  test.each(Object.values(fixtures))('a File is read as in Node: $fileName', async (fixture) => {
    const bytes = await fixture.read();
    const inBrowser = await page.evaluate(
      `media.readVideoFile(new File([Uint8Array.fromBase64('${Buffer.from(bytes).toString('base64')}')], 'film'))`,
    );
    expect(inBrowser).toEqual(await readVideoFile(new Blob([bytes])));
  });

  test('a caller’s abort passes through untouched', async () => {
    const outcome = await page.evaluate(
      `media.readVideoFile(new Blob(['x'.repeat(99)]), { signal: AbortSignal.abort('gone') }).catch((reason) => reason)`,
    );
    expect(outcome).toBe('gone');
  });
});

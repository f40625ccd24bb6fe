import { fixtures } from '@videostorage/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BrowserPage } from '../test-support/browser-page.ts';
import { hasChromium, launchChromium } from '../test-support/chromium.ts';
import { NextApp } from '../test-support/next-app.ts';
import { linesOfExample, StartedExample } from '../test-support/started-example.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** A person uploads a video on the page of an example, which is as narrow as a small phone, and plays it there. */
async function uploadAndPlay(example: StartedExample): Promise<void> {
  const page = await BrowserPage.open(browser, example.url, { viewport: { width: 320, height: 700 } });
  await page.page.locator('video-storage-uploader input[type=file]').setInputFiles(fixtures.moovFirst.path);
  await page.says(fixtures.moovFirst.fileName, /^Ready/);
  const player = page.page.locator('video-storage-player[video-id]');
  await player.waitFor();
  await player.evaluate(async (element) => {
    if (element instanceof HTMLElement && 'play' in element && typeof element.play === 'function') {
      await element.play();
    }
  });
  const position = () => player.evaluate((element) => Number(Reflect.get(element, 'currentTime')));
  await expect.poll(position, { timeout: 60_000 }).toBeGreaterThan(0.5);
  expect(await page.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(await page.seriousFaults()).toEqual([]);
  await page.close();
}

describe.skipIf(!hasChromium).each([
  ['express', 'src/page/app.ts'],
  ['fastify', 'src/page/app.ts'],
  ['react', 'src/page/app.tsx'],
])('examples/%s', (name, script) => {
  test('has fewer than 60 lines of server and page', async () => {
    expect(await linesOfExample(name, ['src/main.ts', script, 'src/page/index.html'])).toBeLessThan(60);
  });

  test('uploads a video in a browser and plays it, under its Content-Security-Policy', async () => {
    const example = await StartedExample.start(name);
    try {
      await uploadAndPlay(example);
    } finally {
      await example.stop();
    }
  });
});

describe.skipIf(!hasChromium)('examples/next', () => {
  test('has fewer than 60 lines of server and page', async () => {
    const files = ['app/api/video/[...path]/route.ts', 'app/page.tsx', 'app/layout.tsx', 'next.config.ts'];
    expect(await linesOfExample('next', files)).toBeLessThan(60);
  });

  test('with the packages as published and without settings, is built; with them, uploads a video in a browser and plays it', async () => {
    const app = await NextApp.install();
    try {
      await app.build();
      const example = await app.start();
      await uploadAndPlay(example).finally(() => example.stop());
    } finally {
      await app.dispose();
    }
  });
});

import { fixtures } from '@videostorage/testing';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { BrowserPage } from './browser-page.ts';
import type { StartedExample } from './started-example.ts';

/**
 * A person uploads a video on the page of an example, which is as narrow as a small phone, and plays it there. `prepare` is done
 * before anything is chosen. Resolves with the video's id.
 */
export async function uploadAndPlay(
  browser: Browser,
  example: StartedExample,
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<string> {
  const page = await BrowserPage.open(browser, example.url, { viewport: { width: 320, height: 700 } });
  await prepare(page.page);
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
  const videoId = (await player.getAttribute('video-id')) ?? '';
  await page.close();
  return videoId;
}

import { connect } from 'node:net';
import { fixtures } from '@videostorage/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BrowserPage } from '../test-support/browser-page.ts';
import { hasChromium, launchChromium } from '../test-support/chromium.ts';
import { NextApp } from '../test-support/next-app.ts';
import { linesOfExample, StartedExample } from '../test-support/started-example.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium();
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

/** Why the server of an example does not start. */
async function failureOf(name: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const example = await StartedExample.startServer(name, environment).catch((error: unknown) => String(error));
  if (typeof example === 'string') return example;
  await example.stop();
  return 'It starts.';
}

/** Whether a server listens at an address of this computer. */
function listens(host: string, port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

describe.each(['express', 'fastify', 'hono', 'node', 'react'])('the server of examples/%s', (name) => {
  test('listens on this computer alone, and ends with the reason when its port is in use', async () => {
    const example = await StartedExample.startServer(name);
    try {
      const { port } = new URL(example.url);
      expect((await fetch(`${example.url}/api/video/health`)).status).toBe(200);
      // Who listens on every address listens on all of the loopback network.
      expect(await listens('127.0.0.2', port)).toBe(false);
      expect(await failureOf(name, { PORT: port })).toMatch(/ended with 1:.*EADDRINUSE/s);
    } finally {
      await example.stop();
    }
  });

  test('ends with the reason when its secret is not set', async () => {
    expect(await failureOf(name, { VIDEO_SECRET: '' })).toMatch(/ended with 1:.*referenceSecrets/s);
  });
});

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

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeHls, makeVideo } from '../test-support/browser.ts';
import { WatchedHost } from '../test-support/watched-host.ts';
import { furthestBack, longestStallMs, WatchedPage } from '../test-support/watched-page.ts';

let folder: string;
let film: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videostorage-player-films-'));
  film = join(folder, 'film.mp4');
  await makeVideo(film, 40, 2);
  await mkdir(join(folder, 'hls'));
  await makeHls(film, join(folder, 'hls'));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!canPlayHere).each([
  ['progressive on local', 'local', {}, 'url'],
  ['progressive on S3 and CloudFront', 's3 by query', { kind: 'file' }, 'url'],
  ['HLS by query on S3 and CloudFront', 's3 by query', { kind: 'hls' }, 'query'],
  ['HLS by cookies on S3 and CloudFront', 's3 by cookies', { kind: 'hls' }, 'cookies'],
  ['Cloudflare’s player in a frame', 'stream', {}, 'url'],
  ['HLS of Cloudflare Stream', 'stream', { kind: 'hls' }, 'url'],
] as const)('%s', (_name, backendName, attributes, access) => {
  let host: WatchedHost;
  let videoId: string;
  let watched: WatchedPage | undefined;

  beforeAll(async () => {
    host = await WatchedHost.open(backendName);
    videoId = await host.upload(film);
    if (host.backend.putHls !== undefined) await host.putHls(videoId, join(folder, 'hls'));
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
    host.mayWatch = true;
  });
  afterAll(() => host?.close());

  const open = async (more: Readonly<Record<string, string>> = {}) => {
    watched = await WatchedPage.open(browser, host, { 'video-id': videoId, ...attributes, ...more });
    return watched;
  };

  test('H3: plays on through renewals of 2-second grants: never back, no stall over a second', async () => {
    host.service.expiresInSeconds = 2;
    const page = await open();
    await page.play();
    await page.page.evaluate('window.watched.samples.length = 0');
    await page.waitFor('player.renewals >= 6 && player.currentTime > 10', 60_000);
    const { samples, events } = await page.watched();
    expect(furthestBack(samples)).toBe(0);
    console.log(
      `${_name}: longest stall ${Math.round(longestStallMs(samples))} ms, renewals ${await page.look('player.renewals')}`,
    );
    expect(events.filter((event) => event.startsWith('renewed'))[0]).toContain(`"access":"${access}"`);
    expect(events.filter((event) => /^(pause|error|ended)/.test(event))).toEqual([]);
    expect(page.faults).toEqual([]);
  });
});

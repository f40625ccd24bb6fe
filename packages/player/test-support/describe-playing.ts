import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeHls, makeVideo } from './browser.ts';
import { WatchedHost } from './watched-host.ts';
import { furthestBack, longestStallMs, WatchedPage } from './watched-page.ts';
import { type WayToPlay, waysToPlay } from './ways-to-play.ts';

/** Whether every guarantee is tested with every way to play, as `npm run proof -- every-way` does. */
const isEveryWay = process.env['VIDEOSTORAGE_EVERY_WAY'] === '1';

/**
 * Tests of a player's guarantees during playback, with these ways to play. Continuing through renewals and refusals is
 * tested with each; what depends only on the player or on the session, with one way for each kind.
 */
export function describePlaying(isMine: (way: WayToPlay) => boolean): void {
  const ways = waysToPlay.filter(isMine);
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

  describe.skipIf(!canPlayHere).each(ways)('$name', ({ backend, attributes, access, shortestSeconds, isExample }) => {
    let host: WatchedHost;
    let videoId: string;
    let watched: WatchedPage | undefined;

    beforeAll(async () => {
      host = await WatchedHost.open(backend);
      videoId = await host.upload(film);
      if (host.backend.putHls !== undefined) await host.putHls(videoId, join(folder, 'hls'));
    });
    beforeEach(() => {
      host.service.expiresInSeconds = 3600;
      host.mayWatch = true;
    });
    afterEach(async () => {
      await watched?.close();
      watched = undefined;
    });
    afterAll(() => host?.close());

    const open = async (more: Readonly<Record<string, string>> = {}) => {
      watched = await WatchedPage.open(browser, host, { 'video-id': videoId, ...attributes, ...more });
      return watched;
    };

    // A busy machine may be too late for a grant of a few seconds, or stop the picture, so the test is retried: a player
    // that stalls at renewals does so at each.
    test('continues through renewals of short grants: the position never goes back, and stalls for at most a second', {
      retry: 2,
    }, async () => {
      host.service.expiresInSeconds = shortestSeconds;
      const page = await open();
      await page.play();
      await page.page.evaluate('window.watched.samples.length = 0');
      await page.waitFor('player.renewals >= 2 && player.currentTime > 5.5');
      const { samples, events } = await page.watched();
      expect(furthestBack(samples)).toBe(0);
      expect(longestStallMs(samples)).toBeLessThanOrEqual(1000);
      expect(events.find((event) => event.startsWith('renewed'))).toContain(`"access":"${access}"`);
      expect(events.filter((event) => /^(pause|seeking|emptied|error|ended)/.test(event))).toEqual([]);
      // A frame reports its volume late.
      if (backend !== 'stream') expect(events).not.toContain('volumechange');
      expect(page.faults).toEqual([]);
    });

    test('a source that is refused during playback continues with a new grant at its position', async () => {
      const page = await open();
      await page.waitFor('player.duration > 30');
      await page.refuseUntilRenewed(host);
      await page.look('void (player.currentTime = 25, player.play())');
      await page.waitFor('player.currentTime > 26');
      expect(page.refused).toBeGreaterThan(0);
      expect(await page.look('player.renewals')).toBeGreaterThan(0);
      const { samples } = await page.watched();
      expect(furthestBack(samples)).toBe(0);
      expect(await page.words()).toBe('');
      expect(page.faults).toEqual([]);
    });

    if (!isExample && !isEveryWay) return;

    test('speed, volume and the pause are kept when a renewed source takes over', async () => {
      host.service.expiresInSeconds = shortestSeconds;
      const page = await open({ 'start-at': '5' });
      await page.play();
      await page.waitFor('player.currentTime > 5');
      await page.look('void Object.assign(player, { playbackRate: 1.25, volume: 0.3 })');
      const [set, from] = (await page.look('[player.renewals, player.currentTime]')) as [number, number];
      // The renewed source is prepared behind the first and takes over soon: by the next renewal it plays.
      await page.waitFor(`player.renewals >= ${set + 2} && player.currentTime > ${from + 2} && !player.paused`);
      // A reloaded frame, whose grant was late, reports its speed only after a delay.
      await page.waitFor('player.playbackRate === 1.25');
      expect(await page.look('[player.volume, player.muted, player.paused]')).toEqual([
        ...[expect.closeTo(0.3, 3), false, false],
      ]);
      await page.look('player.pause()');
      await page.waitFor('player.paused');
      const position = Number(await page.look('player.currentTime'));
      const renewals = Number(await page.look('player.renewals'));
      await page.waitFor(`player.renewals >= ${renewals + 1}`);
      expect(await page.look('player.paused')).toBe(true);
      expect(Number(await page.look('player.currentTime'))).toBeCloseTo(position, 0);
      await page.look('void player.play()');
      await page.waitFor(`player.currentTime > ${position} + 1`);
      expect(await page.look('[player.playbackRate, player.muted]')).toEqual([1.25, false]);
      expect(page.faults).toEqual([]);
    });

    test('rights withdrawn: it stops within a lifetime, and shows a message', async () => {
      const lifetimeSeconds = 5;
      host.service.expiresInSeconds = lifetimeSeconds;
      const page = await open();
      await page.play();
      host.mayWatch = false;
      await page.waitFor("events.some((event) => event.startsWith('ended-by-host'))");
      // By design before the last grant has expired, but timers of a busy machine are late.
      const lateMs = Number(await page.look('Date.now() - Date.parse(window.watched.lastExpiry)'));
      expect(lateMs).toBeLessThan(lifetimeSeconds * 3000);
      expect(await page.words()).toBe('You can no longer watch this video.');
      const ended = (await page.watched()).events.find((event) => event.startsWith('ended-by-host'));
      expect(ended).toContain('"code":"VIDEO_NOT_FOUND"');
      expect(await page.look("player.shadowRoot.querySelectorAll('video, iframe').length")).toBe(0);
      expect(await page.look('[player.paused, player.error.code]')).toEqual([true, 'VIDEO_NOT_FOUND']);
      host.mayWatch = true;
      await page.page.getByRole('button', { name: 'Try again' }).click();
      await page.waitFor('player.duration > 0 && player.currentTime > 0.2 && player.error === undefined');
      expect(page.faults).toEqual([]);
    });

    test('after a sleep longer than the grant it continues at its position', async () => {
      host.service.expiresInSeconds = shortestSeconds;
      const page = await open();
      await page.play();
      await page.look('player.pause()');
      await page.waitFor('player.paused');
      const position = Number(await page.look('player.currentTime'));
      const endsAt = Date.parse(String(await page.look('player.playback.expiresAt')));
      await page.sleep();
      const { grants } = host;
      // A renewal may have been in progress, and its grant lasts longer.
      const isOver = () => Date.now() > endsAt + shortestSeconds * 1000 + 500;
      await expect.poll(isOver, { timeout: 30_000 }).toBe(true);
      expect(host.grants).toBeLessThanOrEqual(grants + 1);
      await page.wake();
      await page.look('void player.play()');
      await page.waitFor(`player.currentTime > ${position} + 1.5`);
      const { samples } = await page.watched();
      expect(furthestBack(samples)).toBe(0);
      expect(await page.words()).toBe('');
      expect(page.faults).toEqual([]);
    });
  });
}

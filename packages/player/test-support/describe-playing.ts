import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canPlayHere, launchBrowser, makeHls, makeVideo } from './browser.ts';
import { WatchedHost } from './watched-host.ts';
import {
  furthestAhead,
  furthestBack,
  furthestPictureBack,
  longestStallMs,
  type Sample,
  WatchedPage,
} from './watched-page.ts';
import { type WayToPlay, waysToPlay } from './ways-to-play.ts';

/** Whether every guarantee is tested with every way to play, as `npm run proof -- every-way` does. */
const isEveryWay = process.env['VIDEOSTORAGE_EVERY_WAY'] === '1';

/** How well the position must be kept when playback continues after something. */
interface KeptBounds {
  /** By how much the picture may go back, when a source takes over: what reports its position says something older. */
  readonly pictureBackSeconds: number;
  readonly aheadSeconds: number;
  /** After a pause or a sleep. */
  readonly resumedMs: number;
  /** At a position whose source is refused. */
  readonly refusedMs: number;
}

/**
 * Bounds that hold on a busy machine, where each frame of Stream's player takes seconds to load: `npm run proof -- renewals`
 * asserts half a second and a second, and a second and three seconds for Stream's refusals.
 */
const KEPT: KeptBounds = { pictureBackSeconds: 0.1, aheadSeconds: 0.5, resumedMs: 2000, refusedMs: 3000 };
const KEPT_ON_STREAM: KeptBounds = { pictureBackSeconds: 0.25, aheadSeconds: 1.5, resumedMs: 6000, refusedMs: 12_000 };

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
    const kept = backend === 'stream' ? KEPT_ON_STREAM : KEPT;
    /** Position and picture never go back, they skip nothing, and the picture does not stand still for longer than this. */
    const expectKept = (samples: readonly Sample[], longestMs: number) => {
      expect(furthestBack(samples)).toBe(0);
      expect(samples.some(({ picture }) => picture !== undefined)).toBe(true);
      expect(furthestPictureBack(samples)).toBeLessThanOrEqual(kept.pictureBackSeconds);
      expect(furthestAhead(samples)).toBeLessThanOrEqual(kept.aheadSeconds);
      expect(longestStallMs(samples)).toBeLessThanOrEqual(longestMs);
    };
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
      expectKept(samples, 1000);
      expect(events.find((event) => event.startsWith('renewed'))).toContain(`"access":"${access}"`);
      expect(events.filter((event) => /^(pause|seeking|emptied|error|ended)/.test(event))).toEqual([]);
      // A frame reports its volume late.
      if (backend !== 'stream') expect(events).not.toContain('volumechange');
      expect(page.faults).toEqual([]);
    });

    test('a source that is refused during playback continues with a new grant at its position', async () => {
      const page = await open();
      const samples = await page.playRefused(host, 25);
      expect(page.refused).toBeGreaterThan(0);
      expect(await page.look('player.renewals')).toBeGreaterThan(0);
      expectKept(samples, kept.refusedMs);
      expect(await page.words()).toBe('');
      expect(page.faults).toEqual([]);
    });

    if (!isExample && !isEveryWay) return;

    // Other grants are renewed without a new source.
    if (access === 'url') {
      test('a play() whose first source delivers nothing resolves when a renewed source takes over, at its position', async () => {
        // Long enough for a busy machine to ask for the video with the first grant.
        host.service.expiresInSeconds = 10;
        const page = await open({ preload: 'none', 'start-at': '7' });
        await page.withholdFirst(host);
        await page.play();
        expect(page.withheld).toBeGreaterThan(0);
        await page.waitFor('!player.paused && player.currentTime > 7.5');
        const pictures = (await page.watched()).samples.flatMap(({ picture }) => picture ?? []);
        expect(pictures.at(-1)).toBeGreaterThan(7);
        expect(Math.min(...pictures)).toBeGreaterThanOrEqual(6.9);
        expect(page.faults).toEqual([]);
      });
    }

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
      const position = await page.pause();
      const renewals = Number(await page.look('player.renewals'));
      await page.waitFor(`player.renewals >= ${renewals + 1}`);
      expect(await page.look('player.paused')).toBe(true);
      expect(Number(await page.look('player.currentTime'))).toBeCloseTo(position, 0);
      // Long enough for the renewed source to take over.
      expectKept(await page.playOn(position + 4), kept.resumedMs);
      expect(await page.look('[player.playbackRate, player.muted]')).toEqual([1.25, false]);
      expect(page.faults).toEqual([]);
    });

    test('rights withdrawn: it stops within a lifetime and a second, and shows a message', async () => {
      const lifetimeSeconds = 5;
      host.service.expiresInSeconds = lifetimeSeconds;
      const page = await open();
      await page.play();
      const withdrawnMs = Date.now();
      host.mayWatch = false;
      await page.waitFor("events.some((event) => event.startsWith('ended-by-host'))");
      const stoppedMs = Number(await page.look('window.watched.endedByHostMs')) - withdrawnMs;
      // By design within a lifetime, but timers of a busy machine are late.
      expect(stoppedMs).toBeLessThanOrEqual(lifetimeSeconds * 1000 + 1000);
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
      const position = await page.pause();
      const { grants } = host;
      await page.sleepPastGrant(shortestSeconds);
      expect(host.grants).toBeLessThanOrEqual(grants + 1);
      await page.wake();
      expectKept(await page.playOn(position + 4), kept.resumedMs);
      expect(await page.words()).toBe('');
      expect(page.faults).toEqual([]);
    });
  });
}

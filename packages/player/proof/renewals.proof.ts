// A minute of each way to play, with grants of five seconds, and then 20 seconds with grants of two seconds of each way except
// those of Stream, whose segments last longer than such a grant; in Chromium: `npm run proof -- renewals`.
// Then of each way how it continues after a sleep longer than its grant, and where its source is refused. `RENEWALS_SECONDS`
// plays another time instead of the minute, `RENEWALS_WAY` one way alone, `RENEWALS_LIFETIME` (5, 2, or 0 for what follows)
// one part alone. Passes when position and picture never go back and skip at most half a second, no stall is longer than a second
// (where Stream refuses: a second, and three), and it stops within one lifetime and a second after the right to watch is withdrawn.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, makeHls, makeVideo } from '../test-support/browser.ts';
import { WatchedHost } from '../test-support/watched-host.ts';
import {
  furthestAhead,
  furthestBack,
  furthestPictureBack,
  longestStallMs,
  type Sample,
  WatchedPage,
} from '../test-support/watched-page.ts';
import { type WayToPlay, waysToPlay } from '../test-support/ways-to-play.ts';

const LONGEST_STALL_MS = 1000;
const FURTHEST_AHEAD_SECONDS = 0.5;
/** After a refusal. On Stream the page of a frame, or a second player, has to load, and a frame reports its position late. */
const REFUSED = { longestMs: LONGEST_STALL_MS, aheadSeconds: FURTHEST_AHEAD_SECONDS };
const REFUSED_BY_STREAM = { longestMs: 3000, aheadSeconds: 1 };
const only = chosen('RENEWALS_WAY', ...waysToPlay.map(({ name }) => name));
const onlyLifetime = chosen('RENEWALS_LIFETIME', '5', '2', '0');

/** One pass: how long to play, with grants of which lifetime, in which ways. */
interface Pass {
  readonly lifetimeSeconds: number;
  readonly seconds: number;
  readonly ways: readonly WayToPlay[];
}

const passes: readonly Pass[] = [
  { lifetimeSeconds: 5, seconds: Number(process.env['RENEWALS_SECONDS'] ?? 60), ways: waysToPlay },
  { lifetimeSeconds: 2, seconds: 20, ways: waysToPlay.filter(({ backend }) => backend !== 'stream') },
];

const folder = await mkdtemp(join(tmpdir(), 'videostorage-renewals-'));
const film = join(folder, 'film.mp4');
await makeVideo(film, Math.max(...passes.map(({ seconds }) => seconds)) + 15, 4);
await mkdir(join(folder, 'hls'));
await makeHls(film, join(folder, 'hls'));
const browser = await launchBrowser();
try {
  for (const pass of passes) {
    if (onlyLifetime !== undefined && pass.lifetimeSeconds !== Number(onlyLifetime)) continue;
    for (const way of pass.ways) if (only === undefined || way.name === only) await prove(way, pass);
  }
  for (const way of waysToPlay) {
    if (onlyLifetime !== undefined && onlyLifetime !== '0') continue;
    if (only === undefined || way.name === only) await proveResumed(way);
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function prove(way: WayToPlay, { lifetimeSeconds, seconds }: Pass): Promise<void> {
  const { name, backend, attributes } = way;
  const host = await WatchedHost.open(backend);
  try {
    const videoId = await host.upload(film);
    if (host.backend.putHls !== undefined) await host.putHls(videoId, join(folder, 'hls'));
    host.service.expiresInSeconds = lifetimeSeconds;
    const page = await WatchedPage.open(browser, host, { 'video-id': videoId, ...attributes });
    await page.play();
    await page.look('void (samples.length = 0)');
    await page.waitFor(`player.currentTime >= ${seconds}`, seconds * 3000);
    const { samples } = await page.watched();
    const [stallMs, backSeconds] = [longestStallMs(samples), furthestBack(samples)];
    const aheadSeconds = furthestAhead(samples);
    const pictureBackSeconds = Math.round(furthestPictureBack(samples) * 1000) / 1000;
    const renewals = Number(await page.look('player.renewals'));
    host.mayWatch = false;
    const withdrawnMs = Date.now();
    await page.waitFor("events.some((event) => event.startsWith('ended-by-host')) && player.paused");
    const stoppedMs = Number(await page.look('window.watched.endedByHostMs')) - withdrawnMs;
    const figures = {
      'longest stall, ms': stallMs,
      'furthest back, s': backSeconds,
      'picture back, s': pictureBackSeconds,
      'furthest ahead, s': Math.round(aheadSeconds * 100) / 100,
      'stopped after, ms': stoppedMs,
    };
    console.log(JSON.stringify({ name, lifetimeSeconds, seconds, renewals, ...figures }));
    // Renewed at 85 % of the lifetime at the latest.
    const isRenewed = renewals >= Math.floor(seconds / lifetimeSeconds);
    // Counted from the withdrawal: a grant may have been issued just before.
    const isStopped = stoppedMs <= lifetimeSeconds * 1000 + 1000;
    const isPictureKept = hasPictures(samples) && pictureBackSeconds <= pictureBackOf(way);
    const isKept = backSeconds === 0 && isPictureKept && aheadSeconds <= FURTHEST_AHEAD_SECONDS;
    if (stallMs > LONGEST_STALL_MS || !isKept || !isRenewed || !isStopped || page.faults.length > 0) {
      console.error(`${name}: does not hold`, page.faults);
      process.exitCode = 1;
    }
    await page.close();
  } finally {
    await host.close();
  }
}

async function proveResumed(way: WayToPlay): Promise<void> {
  const { name, backend, attributes, shortestSeconds } = way;
  const host = await WatchedHost.open(backend);
  try {
    const videoId = await host.upload(film);
    if (host.backend.putHls !== undefined) await host.putHls(videoId, join(folder, 'hls'));
    const open = () => WatchedPage.open(browser, host, { 'video-id': videoId, ...attributes });
    host.service.expiresInSeconds = shortestSeconds;
    const sleeping = await open();
    await sleeping.play();
    const position = await sleeping.pause();
    await sleeping.sleepPastGrant(shortestSeconds);
    await sleeping.wake();
    report('after a sleep', await sleeping.playOn(position + 4));
    await sleeping.close();

    host.service.expiresInSeconds = 3600;
    const refused = await open();
    const bounds = backend === 'stream' ? REFUSED_BY_STREAM : REFUSED;
    report('after a refusal', await refused.playRefused(host, 25), bounds);
    await refused.close();
  } finally {
    await host.close();
  }

  function report(when: string, samples: readonly Sample[], bounds = REFUSED): void {
    const [stallMs, backSeconds] = [longestStallMs(samples), furthestBack(samples)];
    const aheadSeconds = Math.round(furthestAhead(samples) * 100) / 100;
    const pictureBackSeconds = Math.round(furthestPictureBack(samples) * 1000) / 1000;
    console.log(JSON.stringify({ name, when, stallMs, backSeconds, pictureBackSeconds, aheadSeconds }));
    const isPictureKept = hasPictures(samples) && pictureBackSeconds <= pictureBackOf(way);
    const isKept = backSeconds === 0 && isPictureKept && aheadSeconds <= bounds.aheadSeconds;
    if (stallMs <= bounds.longestMs && isKept) return;
    console.error(`${name}: does not hold ${when}`);
    process.exitCode = 1;
  }
}

/** Whether a picture was seen for half a second: there is none while a source is reloaded. */
function hasPictures(samples: readonly Sample[]): boolean {
  return samples.filter(({ picture }) => picture !== undefined).length >= 10;
}

/** A picture of the film; a frame reports its own 40 times a second, and later than it shows it. */
function pictureBackOf({ attributes, backend }: WayToPlay): number {
  return backend === 'stream' && attributes['kind'] !== 'hls' ? 0.1 : 1 / 25;
}

/** A setting that must be one of these words, so that a misspelt one does not pass with nothing proven. */
function chosen(setting: string, ...words: readonly string[]): string | undefined {
  const word = process.env[setting];
  if (word === undefined || words.includes(word)) return word;
  throw new Error(`${setting} must be one of: ${words.join(', ')}.`);
}

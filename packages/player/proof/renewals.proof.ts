// A minute of each way to play, with grants of five seconds, in Chromium: `npm run proof -- renewals`. `RENEWALS_SECONDS` plays
// another time, `RENEWALS_WAY` one way alone. Passes when the position never goes back, no stall is longer
// than a second, and it stops within one lifetime and a second after the right to watch is withdrawn.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, makeHls, makeVideo } from '../test-support/browser.ts';
import { WatchedHost } from '../test-support/watched-host.ts';
import { furthestBack, longestStallMs, WatchedPage } from '../test-support/watched-page.ts';
import { type WayToPlay, waysToPlay } from '../test-support/ways-to-play.ts';

const LIFETIME_SECONDS = 5;
const LONGEST_STALL_MS = 1000;
/** Counted from the withdrawal: a grant may have been issued just before. */
const LATEST_STOP_MS = LIFETIME_SECONDS * 1000 + 1000;
const seconds = Number(process.env['RENEWALS_SECONDS'] ?? 60);
const only = process.env['RENEWALS_WAY'];

const folder = await mkdtemp(join(tmpdir(), 'videostorage-renewals-'));
const film = join(folder, 'film.mp4');
await makeVideo(film, seconds + 15, 4);
await mkdir(join(folder, 'hls'));
await makeHls(film, join(folder, 'hls'));
const browser = await launchBrowser();
try {
  for (const way of waysToPlay) if (only === undefined || way.name === only) await prove(way);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function prove({ name, backend, attributes }: WayToPlay): Promise<void> {
  const host = await WatchedHost.open(backend);
  try {
    const videoId = await host.upload(film);
    if (host.backend.putHls !== undefined) await host.putHls(videoId, join(folder, 'hls'));
    host.service.expiresInSeconds = LIFETIME_SECONDS;
    const page = await WatchedPage.open(browser, host, { 'video-id': videoId, ...attributes });
    await page.play();
    await page.look('void (samples.length = 0)');
    await page.waitFor(`player.currentTime >= ${seconds}`, seconds * 3000);
    const { samples } = await page.watched();
    const [stallMs, backSeconds] = [longestStallMs(samples), furthestBack(samples)];
    const renewals = Number(await page.look('player.renewals'));
    host.mayWatch = false;
    const withdrawnMs = Date.now();
    await page.waitFor("events.some((event) => event.startsWith('ended-by-host')) && player.paused");
    const stoppedMs = Number(await page.look('window.watched.endedByHostMs')) - withdrawnMs;
    const figures = { 'longest stall, ms': stallMs, 'furthest back, s': backSeconds };
    console.log(JSON.stringify({ name, seconds, renewals, ...figures, 'stopped after, ms': stoppedMs }));
    // Renewed at 85 % of the lifetime at the latest.
    const isRenewed = renewals >= Math.floor(seconds / LIFETIME_SECONDS);
    const isStopped = stoppedMs <= LATEST_STOP_MS;
    if (stallMs > LONGEST_STALL_MS || backSeconds > 0 || !isRenewed || !isStopped || page.faults.length > 0) {
      console.error(`${name}: does not hold`, page.faults);
      process.exitCode = 1;
    }
    await page.close();
  } finally {
    await host.close();
  }
}

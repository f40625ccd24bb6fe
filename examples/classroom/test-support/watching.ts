import type { Page } from 'playwright-core';

/** Measurements of a player as a person would see it: its position every tenth of a second. */
export interface Watching {
  /** Position at the last measurement, in seconds. */
  readonly position: number;
  /** By how much the position ever went back. */
  readonly wentBackBySeconds: number;
  /** By how much the picture that is seen ever went back, by the position of the page's own `<video>`; 0 for one in a frame. */
  readonly pictureBackBySeconds: number;
  /** By how much the position went ahead of the time that passed, at most, from one measurement to the next. */
  readonly wentAheadBySeconds: number;
  /** The largest number of measurements in a row without progress. */
  readonly longestStillLooks: number;
  /** How often the grant was renewed. */
  readonly renewals: number;
  /** Position at which the host app's refusal stopped it. */
  readonly endedAt: number | undefined;
  readonly isPaused: boolean;
}

/** Starts to measure the page's player, ten times a second. */
export async function beginWatching(page: Page): Promise<void> {
  await page.evaluate(() => {
    const player = document.querySelector('video-storage-player');
    if (player === null) throw new Error('There is no player.');
    const none = {
      wentBackBySeconds: 0,
      pictureBackBySeconds: 0,
      wentAheadBySeconds: 0,
      longestStillLooks: 0,
      endedAt: -1,
    };
    const seen = { position: player.currentTime, ...none };
    let [still, lookedMs, picture] = [0, performance.now(), 0];
    player.addEventListener('ended-by-host', (event) => {
      seen.endedAt = Reflect.get(event, 'detail').position;
    });
    setInterval(() => {
      const position = player.currentTime;
      still = position > seen.position || player.paused ? 0 : still + 1;
      seen.longestStillLooks = Math.max(seen.longestStillLooks, still);
      seen.wentBackBySeconds = Math.max(seen.wentBackBySeconds, seen.position - position);
      const video = player.shadowRoot?.querySelector('.screen:not([data-waiting]) video');
      if (video instanceof HTMLVideoElement && video.readyState >= 2 && !video.seeking && video.error === null) {
        seen.pictureBackBySeconds = Math.max(seen.pictureBackBySeconds, picture - video.currentTime);
        picture = video.currentTime;
      }
      const passedSeconds = ((performance.now() - lookedMs) / 1000) * player.playbackRate;
      seen.wentAheadBySeconds = Math.max(seen.wentAheadBySeconds, position - seen.position - passedSeconds);
      seen.position = position;
      lookedMs = performance.now();
    }, 100);
    Object.assign(window, { seen });
  });
}

/** The measurements so far. */
export function watching(page: Page): Promise<Watching> {
  return page.evaluate(() => {
    const player = document.querySelector('video-storage-player');
    const { endedAt, ...seen } = Reflect.get(window, 'seen');
    const { renewals = 0, paused: isPaused = true } = player ?? {};
    return { ...seen, endedAt: endedAt < 0 ? undefined : endedAt, renewals, isPaused };
  });
}

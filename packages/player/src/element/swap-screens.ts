import type { MediaSurface } from './media-surface.ts';
import { seekTo, startPlaying, untilLoaded, untilMedia } from './media-waits.ts';

/** How far ahead of the first screen the second one waits at first; this doubles each time it is too late. */
const LEAD_SECONDS = 0.4;
const LONGEST_LEAD_SECONDS = 6.4;
/** It starts this long before the first one arrives, since players need time to start. */
const BEGIN_EARLY_SECONDS = 0.05;
/** A smaller difference cannot be heard. In a hidden tab timers are too slow for this, so more is allowed. */
const NEAR_SECONDS = 0.3;
const NEAR_IN_BACKGROUND_SECONDS = 2;
/** After this time without progress the first screen has stalled: its source was refused. */
const STALLED_MS = 500;
const ATTEMPTS = 8;
const WAIT_MS = 15_000;

/** What may stop a change of screens. */
export interface SwapBounds {
  readonly signal: AbortSignal;
  /** True while the first screen must stay. */
  isStill(): boolean;
}

/**
 * Brings a second, muted source to the position of the first one, and to the same state: true when it can take over now,
 * false when this failed and the first one must continue.
 */
export async function swapScreens(from: MediaSurface, to: MediaSurface, bounds: SwapBounds): Promise<boolean> {
  const bound = { timeoutMs: WAIT_MS, signal: bounds.signal };
  if (!(await untilLoaded(to, bound))) return false;
  const stall = watchStall(from);
  try {
    for (let attempt = 0, lead = LEAD_SECONDS; attempt < ATTEMPTS && !bounds.signal.aborted; attempt += 1) {
      if (bounds.isStill() || from.ended) return false;
      to.playbackRate = from.playbackRate;
      if (from.paused) {
        const position = from.currentTime;
        if (!(await seekTo(to, position, bound))) return false;
        if (from.paused && from.currentTime === position) return !bounds.isStill();
        continue;
      }
      const target = Math.min(from.currentTime + (stall.isStalled() ? 0 : lead * from.playbackRate), to.duration);
      if (!(await seekTo(to, target, bound))) return false;
      const beginAt = target - BEGIN_EARLY_SECONDS * from.playbackRate;
      const isAway = () => from.paused || Math.abs(target - from.currentTime) > LONGEST_LEAD_SECONDS * 2;
      const isDue = () => from.currentTime >= beginAt || stall.isStalled() || isAway();
      await untilMedia(from, ['timeupdate', 'pause', 'seeking', 'ended'], isDue, bound);
      if (isAway()) continue;
      if (!(await startPlaying(to, bound))) return false;
      const near = document.visibilityState === 'hidden' ? NEAR_IN_BACKGROUND_SECONDS : NEAR_SECONDS;
      const isNear = Math.abs(from.currentTime - to.currentTime) <= near * Math.max(1, from.playbackRate);
      if ((isNear || stall.isStalled()) && !from.paused) return !bounds.isStill();
      to.pause();
      lead = Math.min(lead * 2, LONGEST_LEAD_SECONDS);
    }
    return false;
  } finally {
    stall.stop();
  }
}

function watchStall(media: MediaSurface) {
  let [lastPosition, lastMovedAt] = [media.currentTime, performance.now()];
  const look = () => {
    if (media.currentTime === lastPosition) return;
    [lastPosition, lastMovedAt] = [media.currentTime, performance.now()];
  };
  media.addEventListener('timeupdate', look);
  return {
    isStalled: () => {
      look();
      return !media.paused && performance.now() - lastMovedAt > STALLED_MS;
    },
    stop: () => media.removeEventListener('timeupdate', look),
  };
}

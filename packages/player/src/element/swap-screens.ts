import { MediaProgress } from './media-progress.ts';
import type { MediaSurface } from './media-surface.ts';
import { seekTo, startPlaying, untilLoaded, untilMedia } from './media-waits.ts';

/** How far ahead of the first screen the second one waits at first; this doubles each time it is too late. */
const LEAD_SECONDS = 0.4;
const LONGEST_LEAD_SECONDS = 6.4;
/** It starts this long before the first one arrives, since players need time to start; then as long as they have needed. */
const BEGIN_EARLY_SECONDS = 0.15;
/** Where it should be when it takes over: a little ahead, since viewers would notice a picture that goes back. */
const AHEAD_SECONDS = 0.1;
/** What is left out by this cannot be heard. */
const NEAR_SECONDS = 0.3;
/** In a hidden tab it may be ahead or behind by this: timers are too slow for more, and nobody sees the picture. */
const NEAR_IN_BACKGROUND_SECONDS = 2;
/** How far ahead of a stalled first screen it may be; twice as much each time, since the viewer waits while it seeks again. */
const AHEAD_OF_STALLED_SECONDS = 1;
const ATTEMPTS = 8;
const WAIT_MS = 15_000;

/** What may stop a change of screens. */
export interface SwapBounds {
  readonly signal: AbortSignal;
  /** Where the first screen will begin, in seconds, as long as it is not loaded. */
  beginAt?(): number;
  /** True while the first screen must stay. */
  isStill(): boolean;
}

/**
 * Brings a second, muted source to the position of the first one or a little ahead of it, further ahead of one that has
 * stalled, never behind it in a visible tab, and to the same state: true when it can take over now, false when this failed and the first one must continue.
 */
export async function swapScreens(from: MediaSurface, to: MediaSurface, bounds: SwapBounds): Promise<boolean> {
  const bound = { timeoutMs: WAIT_MS, signal: bounds.signal };
  const [first, second] = [new MediaProgress(from, bounds.beginAt), new MediaProgress(to)];
  try {
    if (!(await untilLoaded(to, bound))) return false;
    let [lead, early] = [LEAD_SECONDS, BEGIN_EARLY_SECONDS];
    for (let attempt = 0; attempt < ATTEMPTS && !bounds.signal.aborted; attempt += 1) {
      if (bounds.isStill() || from.ended) return false;
      to.playbackRate = from.playbackRate;
      if (from.paused) {
        const { position } = first;
        if (!(await seekTo(to, position, bound))) return false;
        if (from.paused && first.position === position) return !bounds.isStill();
        continue;
      }
      const rate = from.playbackRate;
      const target = Math.min(first.position + (first.isStalled ? 0 : lead * rate), to.duration);
      if (!(await seekTo(to, target, bound))) return false;
      const beginAt = target - early * rate;
      const isAway = () => from.paused || Math.abs(target - first.position) > LONGEST_LEAD_SECONDS * 2;
      const isDue = () => first.position >= beginAt || first.isStalled || isAway();
      await untilMedia(from, ['timeupdate', 'pause', 'seeking', 'ended'], isDue, bound);
      if (isAway()) continue;
      const isLate = first.position > target;
      if (!(await startPlaying(to, bound))) return false;
      const aheadSeconds = (second.position - first.position) / Math.max(1, rate);
      const mostAhead = first.isStalled ? AHEAD_OF_STALLED_SECONDS * 2 ** attempt : NEAR_SECONDS;
      if (isNear(aheadSeconds, mostAhead) && !from.paused) return !bounds.isStill();
      to.pause();
      // A start before the second one has arrived says nothing about the time that it needs to start.
      if (!isLate && !first.isStalled) early = Math.min(Math.max(early + AHEAD_SECONDS - aheadSeconds, 0), lead);
      lead = Math.min(lead * 2, LONGEST_LEAD_SECONDS);
    }
    return false;
  } finally {
    first.stop();
    second.stop();
  }
}

function isNear(aheadSeconds: number, mostAhead: number): boolean {
  if (document.visibilityState !== 'hidden') return aheadSeconds >= 0 && aheadSeconds <= mostAhead;
  return Math.abs(aheadSeconds) <= Math.max(NEAR_IN_BACKGROUND_SECONDS, mostAhead);
}

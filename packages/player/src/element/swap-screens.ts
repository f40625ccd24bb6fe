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
/** It may fall behind by this while it becomes audible: players that play do not come apart by more. */
const BEHIND_SECONDS = 0.1;
/** When it is further ahead by this after it has become audible, the page or the viewer has sought. */
const SOUGHT_SECONDS = 0.5;
const ATTEMPTS = 8;
const WAIT_MS = 15_000;

/** How a change of screens depends on its surroundings. */
export interface SwapBounds {
  readonly signal: AbortSignal;
  /** Where the first screen will begin, in seconds, as long as it is not loaded. */
  beginAt?(): number;
  /** True while the first screen must stay. */
  isStill(): boolean;
  /** Makes the second one as loud as the first; false when the browser does not allow that. */
  becomeAudible(): Promise<boolean>;
}

/**
 * `ready`: the second screen can take over now. The first one continues alone after `silent`, when the browser allows no second
 * one to sound, after `ended`, when it has reached its end, and after `failed`.
 */
export type SwapOutcome = 'ready' | 'silent' | 'ended' | 'failed';

/**
 * Brings a second, muted source to the position of the first one or a little ahead of it, never behind it in a visible tab, to
 * the same state, and makes it audible.
 */
export async function swapScreens(from: MediaSurface, to: MediaSurface, bounds: SwapBounds): Promise<SwapOutcome> {
  const bound = { timeoutMs: WAIT_MS, signal: bounds.signal };
  const [first, second] = [new MediaProgress(from, bounds.beginAt), new MediaProgress(to)];
  try {
    if (!(await untilLoaded(to, bound))) return 'failed';
    let [lead, early] = [LEAD_SECONDS, BEGIN_EARLY_SECONDS];
    for (let attempt = 0; attempt < ATTEMPTS && !bounds.signal.aborted; attempt += 1) {
      if (from.ended) return 'ended';
      if (bounds.isStill()) return 'failed';
      to.playbackRate = from.playbackRate;
      if (from.paused) {
        const { position } = first;
        if (!(await seekTo(to, position, bound))) return 'failed';
        if (!from.paused || first.position !== position) continue;
        await bounds.becomeAudible();
        return bounds.isStill() ? 'failed' : 'ready';
      }
      const rate = from.playbackRate;
      const target = first.position + (first.isStalled ? 0 : lead * rate);
      if (target >= to.duration) {
        // Played from its end, a media element begins anew.
        const isOver = () => from.ended || from.paused || first.isStalled || first.position + lead * rate < to.duration;
        await untilMedia(from, ['timeupdate', 'pause', 'seeking', 'ended'], isOver, bound);
        continue;
      }
      if (!(await seekTo(to, target, bound))) return 'failed';
      const beginAt = target - early * rate;
      const isAway = () => from.paused || Math.abs(target - first.position) > LONGEST_LEAD_SECONDS * 2;
      const isDue = () => first.position >= beginAt || first.isStalled || isAway();
      await untilMedia(from, ['timeupdate', 'pause', 'seeking', 'ended'], isDue, bound);
      // One that has stalled since will not arrive, so the second one must go there.
      if (isAway() || (first.isStalled && first.position < target)) continue;
      const isLate = first.position > target;
      if (!(await startPlaying(to, bound))) return 'failed';
      const aheadSeconds = () => (second.position - first.position) / Math.max(1, rate);
      const atStart = aheadSeconds();
      const mostAhead = first.isStalled ? mostAheadOfStalled(attempt) : NEAR_SECONDS;
      if (isNear(atStart, 0, mostAhead) && !from.paused) {
        if (bounds.isStill()) return 'failed';
        if (!(await bounds.becomeAudible())) return 'silent';
        const isTogether = isNear(aheadSeconds(), -BEHIND_SECONDS, mostAhead + SOUGHT_SECONDS);
        if (isTogether && from.paused === to.paused && !from.ended) return bounds.isStill() ? 'failed' : 'ready';
        to.pause();
        to.muted = true;
        continue;
      }
      to.pause();
      // A start before the second one has arrived says nothing about the time that it needs to start.
      if (!isLate && !first.isStalled) early = Math.min(Math.max(early + AHEAD_SECONDS - atStart, 0), lead);
      lead = Math.min(lead * 2, LONGEST_LEAD_SECONDS);
    }
    return 'failed';
  } finally {
    first.stop();
    second.stop();
  }
}

/** More from the fourth attempt on, since the viewer waits while it seeks again. */
function mostAheadOfStalled(attempt: number): number {
  return Math.max(NEAR_SECONDS, 2 ** (attempt - 4));
}

function isNear(aheadSeconds: number, least: number, most: number): boolean {
  if (document.visibilityState !== 'hidden') return aheadSeconds >= least && aheadSeconds <= most;
  return Math.abs(aheadSeconds) <= Math.max(NEAR_IN_BACKGROUND_SECONDS, most);
}

import type { MediaSurface } from './media-surface.ts';
import { untilMedia } from './media-waits.ts';

/** Browsers that stop a video because a script has made it audible do so within a moment, WebKit not at once. */
const STOPPED_WITHIN_MS = 150;

/**
 * Makes a second player as loud as the first while both play. False where the browser does not let it sound without a click,
 * and stops it. The first one is silent meanwhile, and as loud as before in the end: it goes on when the second one may not.
 */
export async function becomeAudible(to: MediaSurface, from: MediaSurface, signal: AbortSignal): Promise<boolean> {
  to.volume = from.volume;
  to.muted = from.muted;
  if (from.muted || from.paused || from.ended) return true;
  from.muted = true;
  const isStopped = await untilMedia(to, ['pause'], () => to.paused, { timeoutMs: STOPPED_WITHIN_MS, signal });
  from.muted = false;
  // A viewer who pauses now, or an end, stops both.
  return !isStopped || from.paused || to.ended;
}

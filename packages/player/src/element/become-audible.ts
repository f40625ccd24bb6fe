import type { MediaSurface } from './media-surface.ts';
import { untilMedia } from './media-waits.ts';

/** Time to wait for a browser that stops a video because a script has made it audible; WebKit does not do so at once. */
const STOPPED_WITHIN_MS = 150;

/**
 * Makes a second player as loud as the first while both play. False when the browser allows no sound without a click, and
 * stops the second. The first one is muted meanwhile, and finally as loud as before, since it continues when the second one
 * may not.
 */
export async function becomeAudible(to: MediaSurface, from: MediaSurface, signal: AbortSignal): Promise<boolean> {
  to.volume = from.volume;
  to.muted = from.muted;
  if (from.muted || from.paused || from.ended) return true;
  from.muted = true;
  const isStopped = await untilMedia(to, ['pause'], () => to.paused, { timeoutMs: STOPPED_WITHIN_MS, signal });
  from.muted = false;
  // When the viewer pauses now, or the video ends, both stop.
  return !isStopped || from.paused || to.ended;
}

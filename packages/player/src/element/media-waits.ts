import type { MediaSurface } from './media-surface.ts';

/** Positions nearer than this count as the same. */
const SAME_SECONDS = 0.03;
const LOOK_EVERY_MS = 20;

/**
 * Resolves when a condition holds, which is checked with every event of the media and every 20 ms: true when it holds, false
 * when the time has passed or the signal has aborted. Events are used too, because background tabs slow timers down.
 */
export function untilMedia(
  media: MediaSurface,
  events: readonly string[],
  holds: () => boolean,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  return new Promise((resolve) => {
    const endsAt = performance.now() + timeoutMs;
    const finish = (held: boolean) => {
      clearInterval(timer);
      for (const type of events) media.removeEventListener(type, look);
      resolve(held);
    };
    const look = () => {
      if (signal.aborted) finish(false);
      else if (holds()) finish(true);
      else if (performance.now() >= endsAt) finish(false);
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    for (const type of events) media.addEventListener(type, look);
    look();
  });
}

/** Waits until the duration of the media is known. */
export function untilLoaded(media: MediaSurface, bound: { timeoutMs: number; signal: AbortSignal }): Promise<boolean> {
  return untilMedia(media, ['loadedmetadata', 'durationchange'], () => media.duration > 0, bound);
}

/** Loads another source and waits until its duration is known; until loading begins, players report the old one's. */
export async function reloadMedia(
  media: MediaSurface,
  reload: () => void,
  bound: { timeoutMs: number; signal: AbortSignal },
): Promise<boolean> {
  let isLoaded = false;
  const arrive = () => {
    isLoaded = true;
  };
  media.addEventListener('loadedmetadata', arrive);
  try {
    reload();
    return await untilMedia(media, ['loadedmetadata'], () => isLoaded, bound);
  } finally {
    media.removeEventListener('loadedmetadata', arrive);
  }
}

/** Seeks to a position and waits until it is shown. */
export async function seekTo(
  media: MediaSurface,
  position: number,
  bound: { timeoutMs: number; signal: AbortSignal },
): Promise<boolean> {
  if (Math.abs(media.currentTime - position) < SAME_SECONDS) return true;
  let isThere = false;
  const arrive = () => {
    isThere = true;
  };
  media.addEventListener('seeked', arrive);
  try {
    media.currentTime = position;
    return await untilMedia(media, ['seeked'], () => isThere, bound);
  } finally {
    media.removeEventListener('seeked', arrive);
  }
}

/** Plays, and waits until the position advances. False when the browser does not allow it, or it does not begin in time. */
export async function startPlaying(
  media: MediaSurface,
  bound: { timeoutMs: number; signal: AbortSignal },
): Promise<boolean> {
  const from = media.currentTime;
  let isRefused = false;
  media.play().catch(() => {
    isRefused = true;
  });
  await untilMedia(media, ['timeupdate', 'playing'], () => isRefused || media.currentTime > from, bound);
  return !isRefused && media.currentTime > from;
}

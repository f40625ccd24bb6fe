const FIRST_MS = 1000;
const MAX_MS = 15_000;
const GROWTH = 1.5;

/** How long to wait before asking again whether a video is ready: a minute of encoding costs about ten requests. */
export function pollDelayMs(asked: number): number {
  return Math.min(MAX_MS, Math.round(FIRST_MS * GROWTH ** asked));
}

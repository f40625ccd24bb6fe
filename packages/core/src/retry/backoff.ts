/** AWS SDKs and Tools Reference, "Retry behavior" (2026): base of transient failures. */
const TRANSIENT_BASE_MS = 50;
/** The same page: base of throttling. */
const THROTTLING_BASE_MS = 1000;
/** The same page: cap, applied before the jitter. */
export const MAX_DELAY_MS = 20_000;

/**
 * Calls that wait for the end of a pause are spread over this time, so that they do not all start at once: the base of
 * throttling.
 */
export const PAUSE_SPREAD_MS: number = THROTTLING_BASE_MS;

/** How an attempt failed, as far as the delay before the next one is concerned. */
export type FailureKind = 'transient' | 'throttling';

/** Full jitter: `random() · min(20 s, base · 2^retries)`. `retries` is the number of retries before this one. */
export function backoffMs(kind: FailureKind, retries: number, random: () => number): number {
  const baseMs = kind === 'throttling' ? THROTTLING_BASE_MS : TRANSIENT_BASE_MS;
  return Math.floor(random() * Math.min(MAX_DELAY_MS, baseMs * 2 ** retries));
}

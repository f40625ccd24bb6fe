/** AWS SDKs and Tools Reference, "Retry behavior" (2026): base of transient failures. */
const TRANSIENT_BASE_MS = 50;
/** The same page: base of throttling. */
const THROTTLING_BASE_MS = 1000;
/** The same page: cap, applied before the jitter. */
export const MAX_DELAY_MS = 20_000;

/** How far those who wait for the end of a pause are spread, so that they do not all come at once: the base of throttling. */
export const PAUSE_SPREAD_MS: number = THROTTLING_BASE_MS;

/** Why an attempt failed, as far as waiting goes. */
export type FailureKind = 'transient' | 'throttling';

/** Full jitter: `random() · min(20 s, base · 2^retries)`. `retries` counts those before this one, from 0. */
export function backoffMs(kind: FailureKind, retries: number, random: () => number): number {
  const baseMs = kind === 'throttling' ? THROTTLING_BASE_MS : TRANSIENT_BASE_MS;
  return Math.floor(random() * Math.min(MAX_DELAY_MS, baseMs * 2 ** retries));
}

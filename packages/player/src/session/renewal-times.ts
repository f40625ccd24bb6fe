import type { Playback } from '@videostorage/core';

/** `renewAfter` lies at four fifths of a grant's lifetime: what is left from there on is a fifth. */
const FIFTHS = 5;
/** A renewal is spread over this part of the lifetime, so that a class that began together does not renew together. */
const JITTER_PART = 0.05;
/** A new source is asked for, loaded and sought in about half of it. */
const KEPT_MS = 1000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;
/** One wrong answer stops no video for a day; timers end at once when they are to last for more than 24 days. */
const LONGEST_ASKED_MS = 10 * 60_000;
/** Grants that have no life left are not asked for again without a pause. */
const SHORTEST_LIFETIME_MS = 1000;

/**
 * How long a grant lives, from its own two times alone: the viewer's clock may be off by hours, and is not asked. At least a
 * second, so that a host app whose grants end at once is not asked without a pause.
 */
export function lifetimeOf({ expiresAt, renewAfter }: Pick<Playback, 'expiresAt' | 'renewAfter'>): number {
  const lifetimeMs = (Date.parse(expiresAt) - Date.parse(renewAfter)) * FIFTHS;
  return Number.isFinite(lifetimeMs) ? Math.max(SHORTEST_LIFETIME_MS, lifetimeMs) : SHORTEST_LIFETIME_MS;
}

/**
 * When a grant is renewed, in milliseconds after it was asked for: between 80 and 85 % of its lifetime. Of a lifetime of a few
 * seconds a whole one is kept for the request and the new source, as far as half of it.
 */
export function renewalDelayMs(lifetimeMs: number, random: () => number): number {
  const plannedMs = lifetimeMs * (1 - 1 / FIFTHS + random() * JITTER_PART);
  return Math.max(lifetimeMs / 2, Math.min(plannedMs, lifetimeMs - KEPT_MS));
}

/**
 * How long to wait after a renewal that failed: half to whole of a time that doubles from half a second up to 20 seconds, and
 * never less than the pause that the host app asks for, up to ten minutes. A short grant is asked for more often, so that several attempts fit into its last fifth.
 */
export function retryDelayMs(
  failures: number,
  lifetimeMs: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const firstMs = Math.min(FIRST_RETRY_MS, lifetimeMs / (FIFTHS * 4));
  const ownMs = Math.min(LONGEST_RETRY_MS, firstMs * 2 ** failures) * (0.5 + random() / 2);
  return Math.max(ownMs, Math.min(LONGEST_ASKED_MS, retryAfterMs ?? 0));
}

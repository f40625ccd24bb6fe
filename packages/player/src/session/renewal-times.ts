import type { Playback } from '@videostorage/core';

/** `renewAfter` is at four fifths of a grant's lifetime, so a fifth remains after it. */
const FIFTHS = 5;
/**
 * A renewal is spread over this part of the lifetime, so that many viewers who started at the same time do not renew at the
 * same time.
 */
const JITTER_PART = 0.05;
/** A new source is requested, loaded and positioned in about half of this time. */
const KEPT_MS = 1000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;
/** Longest pause: a wrong answer must not stop a video for a day, and timers of more than 24 days end at once. */
const LONGEST_ASKED_MS = 10 * 60_000;
/** Assumed lifetime of grants that have none left, so that they are not requested again without a pause. */
const SHORTEST_LIFETIME_MS = 1000;

/**
 * The lifetime of a grant, computed only from its own two times, since the viewer's clock may be off by hours. At least a
 * second, so that a host app whose grants expire at once is not called without a pause.
 */
export function lifetimeOf({ expiresAt, renewAfter }: Pick<Playback, 'expiresAt' | 'renewAfter'>): number {
  const lifetimeMs = (Date.parse(expiresAt) - Date.parse(renewAfter)) * FIFTHS;
  return Number.isFinite(lifetimeMs) ? Math.max(SHORTEST_LIFETIME_MS, lifetimeMs) : SHORTEST_LIFETIME_MS;
}

/**
 * When a grant is renewed, in milliseconds after its request: between 80 and 85 % of its lifetime. With a lifetime of a few
 * seconds, one second, but at most half of it, is reserved for the request and the new source.
 */
export function renewalDelayMs(lifetimeMs: number, random: () => number): number {
  const plannedMs = lifetimeMs * (1 - 1 / FIFTHS + random() * JITTER_PART);
  return Math.max(lifetimeMs / 2, Math.min(plannedMs, lifetimeMs - KEPT_MS));
}

/**
 * How long to wait after a renewal that failed: half to whole of a time that doubles from half a second up to 20 seconds,
 * and never less than the pause that the host app requests, up to ten minutes. A short grant is requested more often, so
 * that several attempts fit into its last fifth.
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

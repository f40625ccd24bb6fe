import type { Clock } from '@videostorage/core';
import type { HttpAnswer } from './http/http-send.ts';

/** `Date` has whole seconds, and an answer takes time to arrive: a smaller difference counts as none. */
const SAME_MS = 60_000;
/** With a larger difference TLS would have failed, so such a date is ignored. */
const MAX_SKEW_MS = 24 * 60 * 60 * 1000;

/**
 * The time as Cloudflare's own clock shows it, for what Cloudflare compares with it: ends of links and tokens, days of
 * deletion, times of webhooks. The difference is read from the `Date` header of its answers (RFC 9110, section 6.6.1), so a
 * host app whose clock is an hour off issues tickets and tokens that hold; before the first answer the host app's clock counts.
 */
export class ProviderTime {
  readonly #clock: Clock;
  #skewMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How far Cloudflare's clock is ahead of the host app's, in milliseconds; 0 when they differ by less than a minute. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** Milliseconds since the epoch, by Cloudflare's clock. */
  now(): number {
    return this.#clock.now() + this.#skewMs;
  }

  /** Reads the difference from an answer. */
  observe(answer: Pick<HttpAnswer, 'header'>): void {
    const theirsMs = Date.parse(answer.header('date') ?? '');
    const skewMs = theirsMs - this.#clock.now();
    if (Number.isNaN(skewMs) || Math.abs(skewMs) > MAX_SKEW_MS) return;
    this.#skewMs = Math.abs(skewMs) < SAME_MS ? 0 : skewMs;
  }
}

import type { Clock } from '../contract/primitives.ts';
import type { RateLimitEntry, RateLimitResult, RateLimitStore } from '../contract/rate-limit.ts';
import { ConfigurationError, StoreUnavailableError } from '../errors/backend-errors.ts';
import { systemClock } from '../time/system-clock.ts';
import { assertRateLimit } from './rate-limit-bounds.ts';

const DEFAULT_MAX_KEYS = 250_000;
/** Counts that no longer matter leave a few at a time, with every call, so that no call ever waits for a big clean-up. */
const SWEPT_A_CALL = 2;

/** Settings of `MemoryRateLimitStore`. */
export interface MemoryRateLimitStoreOptions {
  /** Default: the computer's time. */
  readonly clock?: Clock | undefined;
  /** How many counts it holds at most; 100 to 500 bytes each at small limits. Default 250 000. */
  readonly maxKeys?: number | undefined;
}

/** How many counts are looked at when it is full; the next call goes on where this one stopped. */
const LOOKED_AT_WHEN_FULL = 1000;

/**
 * Counts in this process: the times of the last `limit` accepted calls of each key, hence exactly ≤ limit in any rolling
 * window. Without timers. When it is full of counts that still matter, new keys are refused: forgetting one of them would
 * let somebody exceed a limit unseen. A clock that is turned back stands still here until it has caught up.
 */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #counts = new Map<string, AcceptedTimes>();
  /** Where the next sweep goes on, so that in time it comes round to all of them. */
  #sweeper: MapIterator<[string, AcceptedTimes]> = this.#counts.entries();
  #latestMs = Number.NEGATIVE_INFINITY;

  /** @throws {ConfigurationError} a bound that is not a positive whole number */
  constructor(options: MemoryRateLimitStoreOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#maxKeys = options.maxKeys ?? DEFAULT_MAX_KEYS;
    if (!Number.isSafeInteger(this.#maxKeys) || this.#maxKeys < 1) {
      throw new ConfigurationError('Set `maxKeys` of the memory rate limit store to a positive whole number.');
    }
  }

  /** How many counts it holds. */
  get size(): number {
    return this.#counts.size;
  }

  /** One result per entry, in order. @throws {StoreUnavailableError} when it is full of counts that still matter */
  async take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    for (const { limit, windowMs } of entries) assertRateLimit(limit, windowMs);
    const nowMs = Math.max(this.#clock.now(), this.#latestMs);
    this.#latestMs = nowMs;
    this.#sweep(nowMs, SWEPT_A_CALL);
    const counts = entries.map((entry) => {
      const known = this.#counts.get(entry.key);
      known?.forget(nowMs - entry.windowMs);
      return { entry, times: known ?? new AcceptedTimes(entry.windowMs), isNew: known === undefined };
    });
    const allowed = counts.every(({ entry, times }) => times.length < entry.limit);
    if (allowed) {
      const newKeys = counts.filter(({ isNew }) => isNew).length;
      if (newKeys > 0) this.#makeRoom(newKeys, nowMs);
      for (const { entry, times, isNew } of counts) {
        times.accept(nowMs);
        if (isNew) this.#counts.set(entry.key, times);
      }
    }
    return counts.map(({ entry, times }) => toResult(entry, times, allowed, nowMs));
  }

  #makeRoom(newKeys: number, nowMs: number): void {
    if (this.#counts.size + newKeys <= this.#maxKeys) return;
    this.#sweep(nowMs, LOOKED_AT_WHEN_FULL);
    if (this.#counts.size + newKeys > this.#maxKeys) {
      throw new StoreUnavailableError('Too many different people are being counted right now; please try again.');
    }
  }

  #sweep(nowMs: number, atMost: number): void {
    for (let looked = 0; looked < atMost; looked++) {
      const next = this.#sweeper.next();
      if (next.done === true) {
        this.#sweeper = this.#counts.entries();
        return;
      }
      const [key, times] = next.value;
      if (!times.matters(nowMs)) this.#counts.delete(key);
    }
  }
}

/** When the calls of one key were accepted, oldest first; never more of them than the limit. */
class AcceptedTimes {
  readonly #windowMs: number;
  readonly #times: number[] = [];
  /** Those before it are forgotten; they are cut off together now and then. */
  #first = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get length(): number {
    return this.#times.length - this.#first;
  }

  get oldest(): number | undefined {
    return this.#times[this.#first];
  }

  get newest(): number | undefined {
    return this.length === 0 ? undefined : this.#times[this.#times.length - 1];
  }

  /** Whether any call is still within the window. */
  matters(nowMs: number): boolean {
    return (this.newest ?? Number.NEGATIVE_INFINITY) > nowMs - this.#windowMs;
  }

  /** Forgets what happened up to then. */
  forget(untilMs: number): void {
    while (this.#first < this.#times.length && (this.#times[this.#first] ?? 0) <= untilMs) this.#first += 1;
    if (this.#first < 16 && this.#first < this.#times.length) return;
    this.#times.splice(0, this.#first);
    this.#first = 0;
  }

  accept(nowMs: number): void {
    this.#times.push(nowMs);
  }
}

function toResult(entry: RateLimitEntry, times: AcceptedTimes, accepted: boolean, nowMs: number): RateLimitResult {
  const { limit, windowMs } = entry;
  const isFull = !accepted && times.length >= limit;
  return {
    allowed: !isFull,
    limit,
    remaining: limit - times.length,
    retryAfterMs: isFull ? (times.oldest ?? nowMs) + windowMs - nowMs : 0,
    resetMs: times.newest === undefined ? 0 : times.newest + windowMs - nowMs,
  };
}

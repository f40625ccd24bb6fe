import type { Clock } from '../contract/primitives.ts';
import type { RateLimitEntry, RateLimitResult, RateLimitStore } from '../contract/rate-limit.ts';
import { ConfigurationError, StoreUnavailableError } from '../errors/backend-errors.ts';
import { systemClock } from '../time/system-clock.ts';
import { assertRateLimit } from './rate-limit-bounds.ts';

const DEFAULT_MAX_KEYS = 250_000;
/** Forgotten entries leave a few at a time, with every call, so that no call ever waits for a big clean-up. */
const SWEPT_A_CALL = 4;

/** Settings of `MemoryRateLimitStore`. */
export interface MemoryRateLimitStoreOptions {
  /** Default: the computer's time. */
  readonly clock?: Clock | undefined;
  /** How many counts it holds at most; 100 to 500 bytes each at small limits. Default 250 000. */
  readonly maxKeys?: number | undefined;
}

/** Times of the accepted calls of one key, oldest first; never more of them than the limit. */
type AcceptedTimes = number[];

/**
 * Counts in this process: the times of the last `limit` accepted calls of each key, hence exactly ≤ limit in any rolling
 * window. Without timers. When it is full of counts that still matter, new keys are refused: forgetting one of them would
 * let somebody exceed a limit unseen. A clock that is turned back stands still here until it has caught up.
 */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  /** One shelf a window length: within it, keys stand in the order in which their counts become free. */
  readonly #shelves = new Map<number, Map<string, AcceptedTimes>>();
  #keys = 0;
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
    return this.#keys;
  }

  /** One result per entry, in order. @throws {StoreUnavailableError} when it is full of counts that still matter */
  async take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    for (const { limit, windowMs } of entries) assertRateLimit(limit, windowMs);
    const nowMs = Math.max(this.#clock.now(), this.#latestMs);
    this.#latestMs = nowMs;
    this.#sweep(nowMs, SWEPT_A_CALL);
    const counts = entries.map((entry) => this.#timesOf(entry, nowMs));
    const allowed = entries.every((entry, index) => (counts[index] ?? []).length < entry.limit);
    if (allowed) {
      this.#makeRoom(entries.filter((entry) => !this.#shelves.get(entry.windowMs)?.has(entry.key)).length, nowMs);
      for (const [index, entry] of entries.entries()) this.#accept(entry, counts[index] ?? [], nowMs);
    }
    return entries.map((entry, index) => toResult(entry, counts[index] ?? [], allowed, nowMs));
  }

  /** The calls that still count. */
  #timesOf(entry: RateLimitEntry, nowMs: number): AcceptedTimes {
    const times = this.#shelves.get(entry.windowMs)?.get(entry.key) ?? [];
    const expired = times.findIndex((time) => time + entry.windowMs > nowMs);
    if (expired > 0) times.splice(0, expired);
    else if (expired === -1) times.length = 0;
    return times;
  }

  #accept(entry: RateLimitEntry, times: AcceptedTimes, nowMs: number): void {
    const shelf = this.#shelves.get(entry.windowMs) ?? new Map<string, AcceptedTimes>();
    this.#shelves.set(entry.windowMs, shelf);
    // Set anew, so that it stands last on its shelf.
    if (shelf.delete(entry.key)) this.#keys -= 1;
    times.push(nowMs);
    shelf.set(entry.key, times);
    this.#keys += 1;
  }

  #makeRoom(newKeys: number, nowMs: number): void {
    if (this.#keys + newKeys <= this.#maxKeys) return;
    this.#sweep(nowMs, this.#maxKeys);
    if (this.#keys + newKeys > this.#maxKeys) {
      throw new StoreUnavailableError('Too many different people are being counted right now; please try again.');
    }
  }

  #sweep(nowMs: number, atMost: number): void {
    for (const [windowMs, shelf] of this.#shelves) {
      let swept = 0;
      for (const [key, times] of shelf) {
        if ((times.at(-1) ?? nowMs) + windowMs > nowMs || swept === atMost) break;
        shelf.delete(key);
        this.#keys -= 1;
        swept += 1;
      }
      if (shelf.size === 0) this.#shelves.delete(windowMs);
    }
  }
}

function toResult(entry: RateLimitEntry, times: AcceptedTimes, accepted: boolean, nowMs: number): RateLimitResult {
  const { limit, windowMs } = entry;
  const isFull = !accepted && times.length >= limit;
  const [oldest = nowMs] = times;
  return {
    allowed: !isFull,
    limit,
    remaining: limit - times.length,
    retryAfterMs: isFull ? oldest + windowMs - nowMs : 0,
    resetMs: times.length === 0 ? 0 : (times.at(-1) ?? nowMs) + windowMs - nowMs,
  };
}

import type { Clock } from '../contract/primitives.ts';
import type { RateLimitEntry, RateLimitResult, RateLimitStore } from '../contract/rate-limit.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { checkOptions } from '../options/check-options.ts';
import { timeOption } from '../options/clock-option.ts';
import { optional, wholeNumber } from '../options/option-of.ts';
import type { OptionSchemas } from '../options/option-schema.ts';
import { monotonicClock } from '../time/monotonic-clock.ts';
import { steadyNow } from '../time/steady-clock.ts';
import { AcceptedTimes } from './accepted-times.ts';
import { CountTable } from './count-table.ts';
import { assertRateLimit } from './rate-limit-bounds.ts';

const DEFAULT_MAX_KEYS = 250_000;
/** How many counts each entry of a call sweeps: more than it can add, so that the table shrinks. */
const SWEPT_PER_ENTRY = 2;
/** How many more counts a call sweeps when the table is full; the next call continues there. */
const SWEPT_WHEN_FULL = 16;
/** How many shared counts there are, for each limit and window, for new keys while the table is full. */
const GROUPS = 4096;

/** Settings of `MemoryRateLimitStore`. */
export interface MemoryRateLimitStoreOptions {
  /**
   * The clock that measures windows. Default: the time since the process started, which changes of the system's clock do
   * not affect.
   */
  readonly clock?: Pick<Clock, 'now'> | undefined;
  /** How many keys have a count of their own; each takes 100 to 500 bytes at small limits. Default 250 000. */
  readonly maxKeys?: number | undefined;
}

const OPTIONS = {
  clock: optional(timeOption),
  maxKeys: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
} satisfies OptionSchemas<MemoryRateLimitStoreOptions>;

/** One entry of a call with the count that it is compared with. */
interface PendingEntry {
  readonly entry: RateLimitEntry;
  readonly times: AcceptedTimes;
  readonly isOwn: boolean;
}

/**
 * Keeps the counts in this process. It stores the times of the last `limit` accepted calls of each key, so at most
 * `limit` calls are allowed in any rolling window, exactly. Uses no timers. If the clock is set back or returns NaN, a
 * count is neither cleared early nor kept longer.
 *
 * While it holds `maxKeys` active counts, each new key is assigned at random to one of 4 096 groups, whose keys share one
 * count. So a flood of new keys does not affect the keys that are counted already, and the memory stays bounded. No key
 * can exceed its limit, which would be possible if counts were evicted.
 */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #now: () => number;
  readonly #maxKeys: number;
  readonly #own = new CountTable();
  readonly #groups = new CountTable();
  /** Makes groups unpredictable from outside. Created late: workers have no randomness while they start. */
  #salt: number | undefined;

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: MemoryRateLimitStoreOptions = {}) {
    const { clock = monotonicClock, maxKeys = DEFAULT_MAX_KEYS } = checkOptions(
      'MemoryRateLimitStore',
      options,
      OPTIONS,
    );
    this.#now = steadyNow(clock);
    this.#maxKeys = maxKeys;
  }

  /** How many counts it holds, including those of groups. */
  get size(): number {
    return this.#own.size + this.#groups.size;
  }

  /**
   * Returns one result per entry, in order; an entry that occurs twice counts once.
   * @throws {ConfigurationError} a limit or window that is out of bounds (see `assertRateLimit`), or one key with two
   * limits
   */
  async take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    for (const { limit, windowMs } of entries) assertRateLimit(limit, windowMs);
    const nowMs = this.#now();
    this.#sweep(nowMs, entries.length);
    const pending = entries.map((entry) => this.#find(entry, nowMs));
    if (pending.some(({ entry, times }) => times.length >= entry.limit)) {
      return pending.map(({ entry, times }) => toResult(entry, times, false, nowMs));
    }
    const counted: AcceptedTimes[] = [];
    for (const each of pending) counted.push(this.#accept(each, counted, nowMs));
    return entries.map((entry, index) => toResult(entry, counted[index], true, nowMs));
  }

  /** Runs before a call looks up its counts. Nothing else removes counts, so those of the call stay until it is counted. */
  #sweep(nowMs: number, entries: number): void {
    const isFull = this.#own.size + entries > this.#maxKeys;
    this.#own.sweep(nowMs, SWEPT_PER_ENTRY * entries + (isFull ? SWEPT_WHEN_FULL : 0));
    this.#groups.sweep(nowMs, SWEPT_PER_ENTRY * entries);
  }

  /** The count of a key: its own, else that of its group while that may hold calls of the key. */
  #find(entry: RateLimitEntry, nowMs: number): PendingEntry {
    const own = this.#own.get(entry.key);
    if (own !== undefined) {
      assertSameRule(entry, own);
      own.expire(nowMs);
      return { entry, times: own, isOwn: true };
    }
    const group = this.#groups.size === 0 ? undefined : this.#groups.get(this.#groupOf(entry));
    group?.expire(nowMs);
    return { entry, times: group ?? new AcceptedTimes(entry.limit, entry.windowMs), isOwn: false };
  }

  #accept({ entry, times, isOwn }: PendingEntry, counted: readonly AcceptedTimes[], nowMs: number): AcceptedTimes {
    // The same entry twice, or two entries of one group: the call is counted once.
    if (counted.includes(times)) return times;
    let count = times;
    if (!isOwn && this.#own.size < this.#maxKeys) {
      // A key that gets a count of its own starts with the calls of its group: some of them may be its own.
      count = times.copy();
      this.#own.set(entry.key, count);
    } else if (!isOwn) {
      this.#groups.set(this.#groupOf(entry), count);
    }
    count.accept(nowMs);
    return count;
  }

  /** The group of a key, by the hash FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv) from a random start. */
  #groupOf({ key, limit, windowMs }: RateLimitEntry): string {
    this.#salt ??= crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
    let hash = this.#salt;
    for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 16_777_619);
    return `${(hash >>> 0) % GROUPS}/${limit}/${windowMs}`;
  }
}

function assertSameRule({ limit, windowMs }: RateLimitEntry, times: AcceptedTimes): void {
  if (times.limit === limit && times.windowMs === windowMs) return;
  throw new ConfigurationError(
    'A key of the rate limit store was used with two limits. Make limit and window part of the key.',
  );
}

function toResult(
  { limit, windowMs }: RateLimitEntry,
  times: AcceptedTimes | undefined,
  accepted: boolean,
  nowMs: number,
): RateLimitResult {
  const { length = 0, oldest = nowMs, newest } = times ?? {};
  const isFull = !accepted && length >= limit;
  return {
    allowed: !isFull,
    limit,
    remaining: limit - length,
    retryAfterMs: isFull ? oldest + windowMs - nowMs : 0,
    resetMs: newest === undefined ? 0 : newest + windowMs - nowMs,
  };
}

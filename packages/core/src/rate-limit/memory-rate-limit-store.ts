import type { Clock } from '../contract/primitives.ts';
import type { RateLimitEntry, RateLimitResult, RateLimitStore } from '../contract/rate-limit.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { checkOptions } from '../options/check-options.ts';
import { timeOption } from '../options/collaborators.ts';
import { optional, wholeNumber } from '../options/option-of.ts';
import type { OptionSchemas } from '../options/option-schema.ts';
import { monotonicClock } from '../time/monotonic-clock.ts';
import { steadyNow } from '../time/steady-clock.ts';
import { AcceptedTimes } from './accepted-times.ts';
import { CountTable } from './count-table.ts';
import { assertRateLimit } from './rate-limit-bounds.ts';

const DEFAULT_MAX_KEYS = 250_000;
/** More than a call can add, so that the table shrinks when its windows end. */
const SWEPT_AN_ENTRY = 2;
/** How many more counts are looked at when it is full; the next call goes on where this one stopped. */
const SWEPT_WHEN_FULL = 16;
/** Groups that the people share who come when it is full, for each limit and window. */
const GROUPS = 4096;

/** Settings of `MemoryRateLimitStore`. */
export interface MemoryRateLimitStoreOptions {
  /** Default: the time since the process began, which nobody can turn back or forth. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
  /** How many people are counted one by one; 100 to 500 bytes each at small limits. Default 250 000. */
  readonly maxKeys?: number | undefined;
}

const OPTIONS = {
  clock: optional(timeOption),
  maxKeys: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
} satisfies OptionSchemas<MemoryRateLimitStoreOptions>;

/** A count that a call asks for. */
interface Asked {
  readonly entry: RateLimitEntry;
  readonly times: AcceptedTimes;
  readonly isOwn: boolean;
}

/**
 * Counts in this process: the times of the last `limit` accepted calls of each key, hence exactly ≤ limit in any rolling
 * window. Without timers. A clock that is turned back, or says no number, neither frees a count nor keeps one for longer.
 *
 * When it holds `maxKeys` counts that still matter, whoever comes anew is counted in one of 4 096 groups, by chance: all of
 * a group share what one of them may do. So a flood of new keys takes nothing from those who are counted already, keeps
 * the memory bounded, and lets nobody exceed a limit; forgetting a count would.
 */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #now: () => number;
  readonly #maxKeys: number;
  readonly #own = new CountTable();
  readonly #groups = new CountTable();
  /** So that nobody outside knows who shares a group with whom. Made late: workers have no randomness at their start. */
  #salt: number | undefined;

  /** @throws {ConfigurationError} an option that does not exist, or is not what it must be */
  constructor(options: MemoryRateLimitStoreOptions = {}) {
    const { clock = monotonicClock, maxKeys = DEFAULT_MAX_KEYS } = checkOptions(
      'MemoryRateLimitStore',
      options,
      OPTIONS,
    );
    this.#now = steadyNow(clock);
    this.#maxKeys = maxKeys;
  }

  /** How many counts it holds, those of groups included. */
  get size(): number {
    return this.#own.size + this.#groups.size;
  }

  /**
   * One result per entry, in order; an entry that comes twice counts once.
   * @throws {ConfigurationError} a limit that cannot be kept exactly, or one key with two limits
   */
  async take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    for (const { limit, windowMs } of entries) assertRateLimit(limit, windowMs);
    const nowMs = this.#now();
    this.#sweep(nowMs, entries.length);
    const asked = entries.map((entry) => this.#find(entry, nowMs));
    if (asked.some(({ entry, times }) => times.length >= entry.limit)) {
      return asked.map(({ entry, times }) => toResult(entry, times, false, nowMs));
    }
    const counted: AcceptedTimes[] = [];
    for (const each of asked) counted.push(this.#accept(each, counted, nowMs));
    return entries.map((entry, index) => toResult(entry, counted[index], true, nowMs));
  }

  /** Nothing else drops counts, so that those which a call has found stay until it has taken from them. */
  #sweep(nowMs: number, entries: number): void {
    const isFull = this.#own.size + entries > this.#maxKeys;
    this.#own.sweep(nowMs, SWEPT_AN_ENTRY * entries + (isFull ? SWEPT_WHEN_FULL : 0));
    this.#groups.sweep(nowMs, SWEPT_AN_ENTRY * entries);
  }

  /** The count of a key: its own; else that of its group, as long as calls of the key may be among the group's. */
  #find(entry: RateLimitEntry, nowMs: number): Asked {
    const own = this.#own.get(entry.key);
    if (own !== undefined) {
      assertSameRule(entry, own);
      own.forget(nowMs);
      return { entry, times: own, isOwn: true };
    }
    const group = this.#groups.size === 0 ? undefined : this.#groups.get(this.#groupOf(entry));
    group?.forget(nowMs);
    const isInUse = group !== undefined && group.length > 0;
    return { entry, times: isInUse ? group : new AcceptedTimes(entry.limit, entry.windowMs), isOwn: false };
  }

  #accept({ entry, times, isOwn }: Asked, counted: readonly AcceptedTimes[], nowMs: number): AcceptedTimes {
    // An entry that comes twice, or two of one group: one call is one time.
    if (counted.includes(times)) return times;
    let count = times;
    if (!isOwn && this.#own.size < this.#maxKeys) {
      // Whoever leaves a group takes its calls along: some of them may be theirs.
      if (times.length > 0) count = times.copy();
      this.#own.set(entry.key, count);
    } else if (!isOwn) {
      this.#groups.set(this.#groupOf(entry), count);
    }
    count.accept(nowMs);
    return count;
  }

  /** By FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv). */
  #groupOf({ key, limit, windowMs }: RateLimitEntry): string {
    this.#salt ??= crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
    let hash = this.#salt;
    for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 16_777_619);
    return `${(hash >>> 0) % GROUPS}/${limit}/${windowMs}`;
  }
}

function assertSameRule({ limit, windowMs }: RateLimitEntry, times: AcceptedTimes): void {
  if (times.limit === limit && times.windowMs === windowMs) return;
  throw new ConfigurationError('One key of a rate limit came with two limits; make limit and window part of the key.');
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

import {
  assertRateLimit,
  ConfigurationError,
  checkOptions,
  optionsError,
  type RateLimitEntry,
  type RateLimitResult,
  type RateLimitStore,
  StoreUnavailableError,
} from '@videostorage/core';
import { Availability } from './availability.ts';
import { LocalShare } from './local-share.ts';
import type { RedisClient } from './redis-client.ts';
import { OPTIONS, type RedisRateLimitStoreOptions } from './redis-rate-limit-store-options.ts';
import { type CountState, parseCountStates, takeScript } from './take-script.ts';

const OWNER = 'RedisRateLimitStore';
const DEFAULT_PREFIX = 'videostorage:limits';
const DEFAULT_TIMEOUT_MS = 200;

/**
 * Keeps counts in Redis (5 or later) or Valkey, for any number of processes. It stores the times of the last `limit`
 * accepted calls of each key, so at most `limit` calls are allowed in any rolling window, measured only by the server's
 * clock. One script counts a call in all of its entries or in none.
 *
 * In a cluster one script can only use keys of one server, so one server holds all counts of a prefix: the prefix is the
 * hash tag of their keys. To use several servers, create stores with different prefixes for limits that never apply to
 * the same call.
 *
 * While Redis is down or slow, calls are answered within `timeoutMs` as `whenUnavailable` says. A command that timed out
 * may still be executed later: the call then counts although it was refused. A call that Redis allows is always counted.
 */
export class RedisRateLimitStore implements RateLimitStore {
  readonly #client: RedisClient;
  readonly #keyPrefix: string;
  readonly #availability: Availability;
  readonly #standIn: RateLimitStore | undefined;

  /** Sends nothing to Redis. @throws {ConfigurationError} an option is unknown or invalid, or the client lacks the required methods */
  constructor(options: RedisRateLimitStoreOptions) {
    const checked = checkOptions(OWNER, options, OPTIONS);
    const { whenUnavailable = 'refuse', processes, timeoutMs = DEFAULT_TIMEOUT_MS } = checked;
    if (whenUnavailable === 'refuse' && processes !== undefined) {
      const message = 'is only for a store under `whenUnavailable`; remove it, or set that';
      throw optionsError(OWNER, [{ path: ['processes'], message }]);
    }
    this.#client = checked.client;
    this.#keyPrefix = checked.keyPrefix ?? DEFAULT_PREFIX;
    this.#availability = new Availability({ timeoutMs, onUnavailable: options.onUnavailable?.bind(options) });
    this.#standIn = whenUnavailable === 'refuse' ? undefined : new LocalShare(whenUnavailable, processes ?? 1);
  }

  /**
   * Returns one result per entry, in order; an entry that occurs twice counts once.
   * @throws {StoreUnavailableError} Redis does not answer, and `whenUnavailable` is `refuse`
   * @throws {ConfigurationError} a limit or window that is out of bounds, one key with two limits, or a client without
   * promises
   */
  async take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    for (const { limit, windowMs } of entries) assertRateLimit(limit, windowMs);
    const asked = distinct(entries);
    if (asked.size === 0) return [];
    try {
      const states = await this.#availability.ask(() => this.#run([...asked.values()]));
      const byKey = new Map([...asked.keys()].map((key, index) => [key, states[index]]));
      return entries.map((entry) => toResult(entry, byKey.get(entry.key)));
    } catch (error) {
      if (this.#standIn === undefined || !(error instanceof StoreUnavailableError)) throw error;
      return this.#standIn.take(entries);
    }
  }

  async #run(entries: readonly RateLimitEntry[]): Promise<readonly CountState[]> {
    // Limit and window are part of the name too: whatever keys a host app uses, no list is shared by two rules.
    const keys = entries.map(({ key, limit, windowMs }) => `{${this.#keyPrefix}}:${limit}:${windowMs}:${key}`);
    const args = entries.flatMap(({ limit, windowMs }) => [String(limit), String(windowMs)]);
    return parseCountStates(await takeScript.run(this.#client, keys, args), keys.length);
  }
}

function distinct(entries: readonly RateLimitEntry[]): ReadonlyMap<string, RateLimitEntry> {
  const asked = new Map<string, RateLimitEntry>();
  for (const entry of entries) {
    const { limit, windowMs } = asked.get(entry.key) ?? entry;
    if (limit !== entry.limit || windowMs !== entry.windowMs) {
      throw new ConfigurationError(
        'A key of the rate limit store was used with two limits. Make limit and window part of the key.',
      );
    }
    asked.set(entry.key, entry);
  }
  return asked;
}

function toResult({ limit }: RateLimitEntry, state: CountState | undefined): RateLimitResult {
  if (state === undefined) throw new StoreUnavailableError();
  return {
    allowed: state.waitUs === 0,
    limit,
    remaining: limit - state.within,
    retryAfterMs: Math.ceil(state.waitUs / 1000),
    resetMs: Math.ceil(state.emptyInUs / 1000),
  };
}

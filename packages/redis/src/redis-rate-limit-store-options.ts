import {
  functionOption,
  type OptionSchema,
  type OptionSchemas,
  optional,
  optionOf,
  type RateLimitStore,
  type StoreUnavailableError,
  wholeNumber,
} from '@videostorage/core';
import { isIoredisLike, isNodeRedisLike, type RedisClient } from './redis-client.ts';

/** Settings of `RedisRateLimitStore`. */
export interface RedisRateLimitStoreOptions {
  /**
   * Your client, connected and with a listener for its `error` events: ioredis, iovalkey, node-redis (`redis` 4 or later), or
   * another with their methods.
   */
  readonly client: RedisClient;
  /**
   * Prefix of all key names, which also decides which server of a cluster holds the keys: 1–64 of
   * `A–Z a–z 0–9 _ . : -`. Stores with the same prefix share their counts. Default `videostorage:limits`.
   */
  readonly keyPrefix?: string | undefined;
  /**
   * How long Redis may take to answer, 1–60 000 ms; after that `whenUnavailable` decides. Default 200: less than the
   * `storeTimeoutMs` of a `RateLimiter` (250), so that a local store still answers in time.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * What happens while Redis does not answer. `refuse`, the default: calls fail with `StoreUnavailableError`. If you pass
   * a store instead, such as a `MemoryRateLimitStore`, it counts calls in this process until Redis answers, beginning
   * with empty counts; set `processes` too.
   */
  readonly whenUnavailable?: 'refuse' | RateLimitStore | undefined;
  /**
   * How many processes share the limits, 1–1 000 000. While Redis does not answer, each process allows the limit divided
   * by this number, rounded down, but at least one call. Default 1. Allowed only when `whenUnavailable` is a store.
   */
  readonly processes?: number | undefined;
  /**
   * Called once when Redis stops answering, and not again before it has answered. Log the error here: while a store in
   * this process counts instead, nothing else shows the outage. An error that the function throws reaches the caller
   * whose limit was checked.
   */
  readonly onUnavailable?: ((error: StoreUnavailableError) => void) | undefined;
}

const PREFIX = /^[A-Za-z0-9_.:-]{1,64}$/;

const client = optionOf(
  (value): value is RedisClient => isIoredisLike(value) || isNodeRedisLike(value),
  'must be a client with `evalsha` and `eval` (ioredis, iovalkey) or `evalSha` and `eval` (redis 4 or later), for instance new Redis() of ioredis',
);
const whenUnavailable = optionOf(
  (value): value is 'refuse' | RateLimitStore => value === 'refuse' || isStore(value),
  "must be 'refuse' or a store in this process, for instance new MemoryRateLimitStore()",
);
const keyPrefix = optionOf(
  (value): value is string => typeof value === 'string' && PREFIX.test(value),
  'must be 1 to 64 letters, digits, `_`, `.`, `:` or `-`',
);

function isStore(value: unknown): value is RateLimitStore {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'take') === 'function';
}

/** What each option must be. */
export const OPTIONS: {
  readonly client: OptionSchema<RedisClient>;
  readonly keyPrefix: OptionSchema<string | undefined>;
  readonly timeoutMs: OptionSchema<number | undefined>;
  readonly whenUnavailable: OptionSchema<'refuse' | RateLimitStore | undefined>;
  readonly processes: OptionSchema<number | undefined>;
  readonly onUnavailable: OptionSchema<((...values: never[]) => unknown) | undefined>;
} = {
  client,
  keyPrefix: optional(keyPrefix),
  timeoutMs: optional(wholeNumber(1, 60_000, 'milliseconds')),
  whenUnavailable: optional(whenUnavailable),
  processes: optional(wholeNumber(1, 1_000_000, 'processes')),
  onUnavailable: optional(functionOption('must be a function that is given a StoreUnavailableError')),
} satisfies OptionSchemas<RedisRateLimitStoreOptions>;

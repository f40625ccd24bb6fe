import { inspect } from 'node:util';
import { MemoryRateLimitStore, RateLimiter, type StoreUnavailableError } from '@videostorage/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RedisRateLimitStore, type RedisRateLimitStoreOptions } from './index.ts';

const entry = (key: string, limit = 3, windowMs = 1000) => ({ key, limit, windowMs });
/** The script does not run here: each key gets the same state. */
const answering = (...state: readonly [number, number, number]) => {
  const evalsha = vi.fn(async (_sha1: string, keys: number) => Array.from({ length: keys }, () => state).flat());
  return { evalsha, eval: vi.fn() };
};
const failing = (message: string) => {
  const evalsha = vi.fn((): Promise<unknown> => Promise.reject(new Error(message)));
  return { evalsha, eval: vi.fn() };
};
const silent = () => ({ evalsha: vi.fn(() => new Promise<unknown>(() => undefined)), eval: vi.fn() });

afterEach(() => void vi.useRealTimers());

describe('options', () => {
  const client = answering(1, 0, 1000);

  test.each<[unknown, string]>([
    [undefined, 'RedisRateLimitStore: Pass its options as an object.'],
    [
      {},
      '`client` must be a client with `evalsha` and `eval` (ioredis, iovalkey) or `evalSha` and `eval` (redis 4 or later)',
    ],
    [{ client: null }, '`client` must be a client'],
    [{ client: { get: () => null, eval: () => null } }, '`client` must be a client'],
    [{ client: { evalsha: () => null } }, '`client` must be a client'],
    [{ client: { evalSha: () => null } }, '`client` must be a client'],
    [{ client: 'redis://localhost' }, '`client` must be a client'],
    [{ client, prefix: 'x' }, '`prefix` is not an option; '],
    [{ client, keyprefix: 'x' }, '`keyprefix` is not an option; do you mean `keyPrefix`?'],
    [{ client, keyPrefix: '' }, '`keyPrefix` must be 1 to 64 letters'],
    [{ client, keyPrefix: 'x'.repeat(65) }, '`keyPrefix` must be 1 to 64 letters'],
    [{ client, keyPrefix: 5 }, '`keyPrefix` must be 1 to 64 letters'],
    [{ client, keyPrefix: 'a{b}' }, '`keyPrefix` must be 1 to 64 letters'],
    [{ client, keyPrefix: 'a\n' }, '`keyPrefix` must be 1 to 64 letters'],
    [{ client, timeoutMs: 0 }, '`timeoutMs` must be a whole number of milliseconds from 1 to 60000'],
    [{ client, timeoutMs: 60_001 }, '`timeoutMs` must be'],
    [{ client, whenUnavailable: 'allow' }, "`whenUnavailable` must be 'refuse' or a store in this process"],
    [{ client, whenUnavailable: null }, '`whenUnavailable` must be'],
    [{ client, whenUnavailable: {} }, '`whenUnavailable` must be'],
    [{ client, processes: 2 }, '`processes` is only for a store under `whenUnavailable`'],
    [{ client, whenUnavailable: 'refuse', processes: 2 }, '`processes` is only for a store under `whenUnavailable`'],
    [{ client, whenUnavailable: new MemoryRateLimitStore(), processes: 0 }, '`processes` must be'],
    [{ client, onUnavailable: 'log' }, '`onUnavailable` must be a function'],
  ])('%j is refused, with how to fix it', (options, sentence) => {
    const construct = () => new RedisRateLimitStore(options as RedisRateLimitStoreOptions);
    expect(construct).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    expect(construct).toThrow(sentence);
  });

  test('values at the limits are accepted; nothing is sent at construction', () => {
    const whenUnavailable = new MemoryRateLimitStore();
    const all = { keyPrefix: 'a.b:c_d-9', timeoutMs: 60_000, whenUnavailable, processes: 1, onUnavailable: vi.fn() };
    expect(() => new RedisRateLimitStore({ client, ...all })).not.toThrow();
    expect(() => new RedisRateLimitStore({ client, keyPrefix: 'x'.repeat(64), timeoutMs: 1 })).not.toThrow();
    expect(() => new RedisRateLimitStore({ client, whenUnavailable: 'refuse' })).not.toThrow();
    expect(client.evalsha).not.toHaveBeenCalled();
  });
});

describe('a call', () => {
  test('names each count by prefix, limit, window and key; all of them have one hash tag', async () => {
    const client = answering(1, 0, 1000);
    const store = new RedisRateLimitStore({ client });
    await store.take([entry('a'), entry('b', 20, 60_000)]);
    await new RedisRateLimitStore({ client, keyPrefix: 'mine' }).take([entry('a')]);
    const [first, second] = client.evalsha.mock.calls.map(([, ...row]) => row);
    expect(first).toEqual([
      2,
      '{videostorage:limits}:3:1000:a',
      '{videostorage:limits}:20:60000:b',
      ...['3', '1000', '20', '60000'],
    ]);
    expect(second).toEqual([1, '{mine}:3:1000:a', '3', '1000']);
  });

  test('an allowed call gets the remaining count, a refused one the wait, rounded up', async () => {
    const allowed = new RedisRateLimitStore({ client: answering(2, 0, 999_001) });
    expect(await allowed.take([entry('a')])).toEqual([
      { allowed: true, limit: 3, remaining: 1, retryAfterMs: 0, resetMs: 1000 },
    ]);
    const refused = new RedisRateLimitStore({ client: answering(3, 1, 1001) });
    expect(await refused.take([entry('a')])).toEqual([
      { allowed: false, limit: 3, remaining: 0, retryAfterMs: 1, resetMs: 2 },
    ]);
  });

  test('an entry that comes twice is sent once and answered twice', async () => {
    const client = answering(1, 0, 1000);
    const results = await new RedisRateLimitStore({ client }).take([entry('a'), entry('b'), entry('a')]);
    expect(results).toHaveLength(3);
    expect(results[0]).toEqual(results[2]);
    expect(client.evalsha.mock.calls[0]?.slice(1, 4)).toEqual([
      2,
      '{videostorage:limits}:3:1000:a',
      '{videostorage:limits}:3:1000:b',
    ]);
  });

  test('without entries sends no command', async () => {
    const client = failing('down');
    expect(await new RedisRateLimitStore({ client }).take([])).toEqual([]);
    expect(client.evalsha).not.toHaveBeenCalled();
  });

  test.each([entry('a', 4), entry('a', 3, 2000)])('one key with two limits (%j) is refused', async (other) => {
    const client = answering(1, 0, 1000);
    const take = new RedisRateLimitStore({ client }).take([entry('a'), other]);
    const message = 'A key of the rate limit store was used with two limits. Make limit and window part of the key.';
    await expect(take).rejects.toMatchObject({ code: 'MISCONFIGURED', message });
    expect(client.evalsha).not.toHaveBeenCalled();
  });

  test.each([
    [Number.NaN, 1000],
    [-1, 1000],
    [0, 1000],
    [1.5, 1000],
    [2 ** 53, 1000],
    [1001, 1000],
    ['1', 1000],
    [1, Number.NaN],
    [1, 0],
    [1, 0.5],
    [1, 31 * 86_400_000 + 1],
  ])('T-E6, T-E7: a limit of %j in %s ms is refused and nothing is sent', async (limit, windowMs) => {
    const client = answering(1, 0, 1000);
    const store = new RedisRateLimitStore({ client, whenUnavailable: new MemoryRateLimitStore() });
    const take = store.take([entry('a'), { key: 'b', limit: limit as number, windowMs }]);
    await expect(take).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    expect(client.evalsha).not.toHaveBeenCalled();
  });

  test.each([1, 1000])('T-E7: a limit of %i in 31 days is kept', async (limit) => {
    const store = new RedisRateLimitStore({ client: answering(1, 0, 31 * 86_400_000_000) });
    expect(await store.take([entry('a', limit, 31 * 86_400_000)])).toMatchObject([{ resetMs: 31 * 86_400_000 }]);
  });
});

describe('T-E8: without Redis', () => {
  test('a call is refused by default; the error shows no address and no password', async () => {
    const canary = 'connect to redis://:canary@10.0.0.1';
    const store = new RedisRateLimitStore({ client: failing(canary) });
    const error: unknown = await store.take([entry('a')]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(`${JSON.stringify(error)}${inspect(error, { depth: 9 })}`).not.toContain('canary');
  });

  test.each([['OK'], [[]], [[1, 0]], [null]])('the answer %j counts as no answer', async (answer) => {
    const client = { evalsha: async () => answer, eval: async () => answer };
    const take = new RedisRateLimitStore({ client }).take([entry('a')]);
    await expect(take).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  test('`onUnavailable` may be a method of a class', async () => {
    class Settings {
      readonly #codes: string[] = [];
      readonly client = { evalsha: () => Promise.reject(new Error('down')), eval: vi.fn() };
      onUnavailable({ code }: StoreUnavailableError) {
        this.#codes.push(code);
      }
      get codes() {
        return this.#codes;
      }
    }
    const settings = new Settings();
    const take = new RedisRateLimitStore(settings).take([entry('a')]);
    await expect(take).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(settings.codes).toEqual(['STORE_UNAVAILABLE']);
  });

  test('a local store too gives a result for each entry, also for one that occurs twice', async () => {
    const client = { evalsha: () => Promise.reject(new Error('down')), eval: () => Promise.reject(new Error('down')) };
    const store = new RedisRateLimitStore({ client, whenUnavailable: new MemoryRateLimitStore() });
    const taken = { allowed: true, limit: 3, remaining: 2 };
    expect(await store.take([entry('a'), entry('b'), entry('a')])).toMatchObject([taken, taken, taken]);
  });

  test('a server that does not answer is abandoned after 200 ms, within a limiter’s 250, and a local store answers', async () => {
    vi.useFakeTimers();
    const onUnavailable = vi.fn();
    const whenUnavailable = new MemoryRateLimitStore();
    const store = new RedisRateLimitStore({ client: silent(), whenUnavailable, processes: 2, onUnavailable });
    const limiter = new RateLimiter({ store, upload: [{ scope: 'user', limit: 4, windowSeconds: 60 }] });
    const first = limiter.checkUploadLimit({ userId: 'u' });
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(2));
    await vi.advanceTimersByTimeAsync(200);
    expect(await first).toMatchObject([{ allowed: true, limit: 4, remaining: 1 }]);
    // The others need not wait: half of the limit is this process's share.
    expect(await limiter.checkUploadLimit({ userId: 'u' })).toMatchObject([{ allowed: true, remaining: 0 }]);
    await expect(limiter.checkUploadLimit({ userId: 'u' })).rejects.toMatchObject({ code: 'RATE_LIMITED', limit: 4 });
    expect(onUnavailable).toHaveBeenCalledOnce();
  });

  test('the error of a local store that fails too reaches the caller', async () => {
    const whenUnavailable = { take: () => Promise.reject(new Error('no memory')) };
    const store = new RedisRateLimitStore({ client: failing('down'), whenUnavailable });
    await expect(store.take([entry('a')])).rejects.toThrow('no memory');
  });

  test('a local store is not called while Redis answers, nor for a client that can never work', async () => {
    const whenUnavailable = { take: vi.fn() };
    await new RedisRateLimitStore({ client: answering(1, 0, 1), whenUnavailable }).take([entry('a')]);
    const callbacks = { evalsha: () => true as never, eval: () => true as never };
    const take = new RedisRateLimitStore({ client: callbacks, whenUnavailable }).take([entry('a')]);
    await expect(take).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    expect(whenUnavailable.take).not.toHaveBeenCalled();
  });
});

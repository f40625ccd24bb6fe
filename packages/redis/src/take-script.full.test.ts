import { randomUUID } from 'node:crypto';
import { MemoryRateLimitStore, type RateLimitEntry } from '@videostorage/core';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { RedisRateLimitStore } from './index.ts';
import { Script } from './script.ts';
import { parseCountStates, takeScript } from './take-script.ts';

const url = process.env['VIDEOSTORAGE_TEST_REDIS_URL'];
const minuteMs = 60_000;
/** The script with a time given by the test, since a server's clock cannot be set; optionally with a fault. */
function scriptToldTheTime(part = '', fault = ''): Script {
  expect(takeScript.source).toContain(part);
  const source = takeScript.source.replace(part, fault);
  return new Script(source.replace("call('TIME')", '{ ARGV[#ARGV - 1], ARGV[#ARGV] }'));
}
const toldTheTime = scriptToldTheTime();

describe.skipIf(url === undefined)('the script on a real server', () => {
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis(String(url));
  });
  afterAll(() => redis.disconnect());

  const entry = (key: string, limit = 3, windowMs = minuteMs): RateLimitEntry => ({ key, limit, windowMs });
  async function takeAt(nowMs: number, entries: readonly RateLimitEntry[], script = toldTheTime) {
    const keys = entries.map(({ key }) => key);
    const args = entries.flatMap(({ limit, windowMs }) => [String(limit), String(windowMs)]);
    const time = [String(Math.floor(nowMs / 1000)), String(Math.round((nowMs % 1000) * 1000))];
    const states = parseCountStates(await script.run(redis, keys, [...args, ...time]), keys.length);
    return states.map(({ within, waitUs, emptyInUs }, index) => ({
      allowed: waitUs === 0,
      limit: entries[index]?.limit,
      remaining: (entries[index]?.limit ?? 0) - within,
      ...{ retryAfterMs: waitUs / 1000, resetMs: emptyInUs / 1000 },
    }));
  }

  const steps = fc.array(
    fc.record({
      afterMs: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 150_000 })),
      keys: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
    }),
    { maxLength: 60 },
  );
  /**
   * Any sequence of calls has the same results as the store in memory, call by call; waiting for `retryAfterMs` succeeds, a
   * millisecond less does not.
   */
  function likeMemory(script: Script) {
    return fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), async (sequence, limit) => {
      let nowMs = 1_800_000_000_000;
      const model = new MemoryRateLimitStore({ clock: { now: () => nowMs } });
      const run = randomUUID();
      for (const { afterMs, keys } of sequence) {
        nowMs += afterMs;
        const entries = keys.map((key) => entry(`${run}-${key}`, limit));
        const expected = await model.take(entries);
        expect(await takeAt(nowMs, entries, script)).toEqual(expected);
        if (expected.every(({ allowed }) => allowed)) continue;
        nowMs += Math.max(...expected.map(({ retryAfterMs }) => retryAfterMs)) - 1;
        expect((await takeAt(nowMs, entries, script)).every(({ allowed }) => allowed)).toBe(false);
        nowMs += 1;
        expect(await takeAt(nowMs, entries, script)).toEqual(await model.take(entries));
      }
    });
  }

  test('property 5: any sequence of calls has the same results as the store in memory', async () => {
    await fc.assert(likeMemory(toldTheTime));
  });

  test.each([
    ['allows one more', 'within >= limit', 'within > limit'],
    ['keeps a window a microsecond too long', '-1)) > since', '-1)) >= since'],
    ['examines only the newest call', "'LINDEX', key, -1", "'LINDEX', key, 0"],
    ['keeps the middle of a window too long', 'middle)) > since', 'middle)) >= since'],
    ['waits for the newest call', 'limit - 1) - since', '0) - since'],
    ['counts although another count is full', 'room = false', 'room = true'],
    ['always counts', 'if room then', 'if true then'],
    ['never counts', 'if room then', 'if false then'],
    ['returns the count before the call', '= within + 1', '= within'],
    ['loses a call when it drops old ones', "'LTRIM', key, 0, within", "'LTRIM', key, 0, within - 1"],
    ['puts the newest call last', "'LPUSH'", "'RPUSH'"],
    ['says that a count is empty too late', 'newest - since or 0', 'window or 0'],
    ['reads the window of the first count for all', 'ARGV[2 * i] * 1000', 'ARGV[2] * 500'],
  ])('property 5 notices a script that %s', async (_fault, part, fault) => {
    const { failed } = await fc.check(likeMemory(scriptToldTheTime(part, fault)));
    expect(failed).toBe(true);
  });

  test('T-E3: the edge of a window is exact to the microsecond', async () => {
    const key = randomUUID();
    const take = async (nowMs: number) => (await takeAt(nowMs, [entry(key, 1, 1000)]))[0];
    await take(1_800_000_000_000.5);
    expect(await take(1_800_000_001_000.499)).toMatchObject({ allowed: false, retryAfterMs: 0.001 });
    expect(await take(1_800_000_001_000.5)).toMatchObject({ allowed: true });
  });

  test.each([
    ['a year', 365 * 86_400_000],
    ['ten minutes', 600_000],
    ['a millisecond', 1],
  ])(
    'T-E2: a server’s clock that was %s ahead and is set back limits calls for one window and no longer',
    async (_name, aheadMs) => {
      const key = randomUUID();
      const startMs = 1_800_000_000_000;
      const take = async (nowMs: number) => (await takeAt(nowMs, [entry(key)]))[0];
      for (let count = 0; count < 3; count += 1) await take(startMs + aheadMs);
      expect(await take(startMs)).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: minuteMs });
      expect(await take(startMs + minuteMs - 1)).toMatchObject({ allowed: false, retryAfterMs: 1 });
      for (const remaining of [2, 1, 0])
        expect(await take(startMs + minuteMs)).toMatchObject({ allowed: true, remaining });
      expect(await take(startMs + minuteMs)).toMatchObject({ allowed: false });
    },
  );

  test('T-E2: a clock that is set back keeps the distances between calls', async () => {
    const key = randomUUID();
    const startMs = 1_800_000_000_000;
    const take = async (nowMs: number) => (await takeAt(nowMs, [entry(key)]))[0];
    for (const afterMs of [0, 10_000, 30_000]) await take(startMs + 600_000 + afterMs);
    // The newest call is now, so the oldest is 30 s old.
    expect(await take(startMs)).toMatchObject({ allowed: false, retryAfterMs: 30_000, resetMs: minuteMs });
    // Its list was rewritten, and still expires by itself.
    expect(await redis.pttl(key)).toBeGreaterThan(0);
    expect(await take(startMs + 30_000)).toMatchObject({ allowed: true, remaining: 0 });
    expect(await take(startMs + 30_001)).toMatchObject({ allowed: false, retryAfterMs: 9_999 });
  });

  test('all or none: a refused call is counted nowhere, in any order of its keys', async () => {
    const [full, free] = [randomUUID(), randomUUID()];
    const nowMs = 1_800_000_000_000;
    await takeAt(nowMs, [entry(full, 1)]);
    for (const entries of [
      [entry(full, 1), entry(free)],
      [entry(free), entry(full, 1)],
    ]) {
      const results = await takeAt(nowMs, entries);
      expect(results.map(({ allowed }) => allowed).toSorted()).toEqual([false, true]);
    }
    expect(await redis.exists(free)).toBe(0);
    expect(await takeAt(nowMs, [entry(free)])).toMatchObject([{ remaining: 2 }]);
  });

  test('a count stores the calls of its window, never more than its limit', async () => {
    const key = randomUUID();
    for (let call = 0; call < 50; call += 1) await takeAt(1_800_000_000_000 + call * 11_000, [entry(key, 5)]);
    expect(await redis.llen(key)).toBe(5);
    await takeAt(1_900_000_000_000, [entry(key, 5)]);
    expect(await redis.llen(key)).toBe(1);
  });

  test.each([
    [1, 500],
    [3, 30 * 86_400_000],
    [3, 31 * 86_400_000],
  ])('T-E7: a limit of %i in %i ms lives for its window and a second, also on the server', async (limit, windowMs) => {
    const keyPrefix = randomUUID();
    const store = new RedisRateLimitStore({ client: redis, keyPrefix, timeoutMs: 10_000 });
    const take = () => store.take([entry('a', limit, windowMs)]);
    for (let count = 0; count < limit; count += 1) expect(await take()).toMatchObject([{ allowed: true }]);
    const livesMs = await redis.pttl(`{${keyPrefix}}:${limit}:${windowMs}:a`);
    expect(livesMs).toBeGreaterThan(windowMs);
    expect(livesMs).toBeLessThanOrEqual(windowMs + 1000);
    if (windowMs > minuteMs) return expect(await take()).toMatchObject([{ allowed: false }]);
    // In real time: the count is free again, and its key expires.
    await vi.waitFor(async () => expect(await take()).toMatchObject([{ allowed: true }]), { timeout: 10_000 });
    await vi.waitFor(async () => expect(await redis.exists(`{${keyPrefix}}:1:500:a`)).toBe(0), { timeout: 10_000 });
  });

  test('memory: a count uses at most 11 bytes for each call in addition to the 250 of its key', async () => {
    for (const limit of [1, 20, 50, 1000]) {
      const key = `{videostorage:limits}:${limit}:3600000:${randomUUID().padEnd(43, '-')}`;
      for (let count = 0; count < limit; count += 1) await takeAt(1_800_000_000_000, [entry(key, limit)]);
      const bytes = Number(await redis.memory('USAGE', key, 'SAMPLES', '0'));
      console.log(`limit ${limit}: ${bytes} bytes a key`);
      expect(bytes).toBeLessThanOrEqual(250 + 11 * limit);
    }
  });
});

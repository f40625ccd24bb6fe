import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { MemoryRateLimitStore } from './memory-rate-limit-store.ts';

const entry = (key: string, limit = 3, windowMs = 1000) => ({ key, limit, windowMs });

/** The largest number of calls accepted in any window of this length. */
function mostInAnyWindow(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((start) => times.filter((time) => time >= start && time < start + windowMs).length));
}

describe('property 5: never more than the limit in any rolling window', () => {
  const steps = fc.array(
    fc.record({
      afterMs: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2500 })),
      keys: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
    }),
    { maxLength: 60 },
  );

  test('any sequence of calls on several counts keeps every limit; a call is counted in all entries or in none; it succeeds after the wait that the answer says', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), async (...given) => {
        // Less room than keys: some are counted in groups, and get a count of their own when there is room.
        const [sequence, limit, maxKeys] = given;
        const clock = new ManualClock();
        const store = new MemoryRateLimitStore({ clock, maxKeys });
        const accepted = new Map<string, number[]>();
        for (const { afterMs, keys } of sequence) {
          clock.advance(afterMs);
          const results = await store.take(keys.map((key) => entry(key, limit)));
          const allowed = results.every((result) => result.allowed);
          if (allowed) for (const key of keys) accepted.set(key, [...(accepted.get(key) ?? []), clock.now()]);
          if (!allowed) {
            const waitMs = Math.max(...results.map((result) => result.retryAfterMs));
            expect(waitMs).toBeGreaterThan(0);
            clock.advance(waitMs - 1);
            expect((await store.take(keys.map((key) => entry(key, limit)))).every((each) => each.allowed)).toBe(false);
            clock.advance(1);
            const again = await store.take(keys.map((key) => entry(key, limit)));
            expect(again.every((result) => result.allowed)).toBe(true);
            for (const key of keys) accepted.set(key, [...(accepted.get(key) ?? []), clock.now()]);
          }
        }
        for (const times of accepted.values()) expect(mostInAnyWindow(times, 1000)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  test('a denied call changes nothing: not the wait, not the count, not the memory', async () => {
    const clock = new ManualClock();
    const store = new MemoryRateLimitStore({ clock });
    await store.take([entry('a', 1), entry('b', 2)]);
    clock.advance(400);
    const first = await store.take([entry('a', 1), entry('b', 2)]);
    for (let count = 0; count < 100; count++) expect(await store.take([entry('a', 1), entry('b', 2)])).toEqual(first);
    expect(first).toEqual([
      { allowed: false, limit: 1, remaining: 0, retryAfterMs: 600, resetMs: 600 },
      { allowed: true, limit: 2, remaining: 1, retryAfterMs: 0, resetMs: 600 },
    ]);
    expect(store.size).toBe(2);
  });
});

test('T-E3: bursts on both sides of a window’s edge do not reach twice the limit', async () => {
  const clock = new ManualClock();
  const store = new MemoryRateLimitStore({ clock });
  const accepted: number[] = [];
  const burst = async () => {
    for (let count = 0; count < 20; count++) {
      const [result] = await store.take([entry('a', 10)]);
      if (result?.allowed) accepted.push(clock.now());
    }
  };
  clock.advance(925);
  await burst();
  clock.advance(150);
  await burst();
  expect(mostInAnyWindow(accepted, 1000)).toBe(10);
  clock.advance(850);
  await burst();
  expect(accepted).toHaveLength(20);
});

test('T-E1: 8 clients of 16 calls at a time, again and again for 4 s: exactly 20 in any second', async () => {
  const clock = new ManualClock();
  const store = new MemoryRateLimitStore({ clock });
  const accepted: number[] = [];
  for (let round = 0; round < 400; round++) {
    const results = await Promise.all(Array.from({ length: 8 * 16 }, () => store.take([entry('a', 20)])));
    for (const [result] of results) if (result?.allowed) accepted.push(clock.now());
    clock.advance(10);
  }
  expect(mostInAnyWindow(accepted, 1000)).toBe(20);
  expect(accepted).toHaveLength(80);
});

describe('T-E2: time', () => {
  afterEach(() => void vi.restoreAllMocks());

  test('a clock that is set back never allows more calls', async () => {
    const clock = new ManualClock();
    const store = new MemoryRateLimitStore({ clock });
    for (let count = 0; count < 3; count++) await store.take([entry('a')]);
    for (const skewMs of [-600_000, -1, 0]) {
      clock.set(clock.now() + skewMs);
      expect((await store.take([entry('a')]))[0]?.allowed).toBe(false);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a clock that returns %s neither disables the limit nor keeps a count for ever',
    async (wrong) => {
      const clock = new ManualClock();
      const startedAtMs = clock.now();
      const store = new MemoryRateLimitStore({ clock });
      const take = async () => (await store.take([entry('a')]))[0]?.allowed;
      clock.set(wrong);
      expect([await take(), await take(), await take(), await take()]).toEqual([true, true, true, false]);
      clock.set(startedAtMs);
      expect(await take()).toBe(false);
      clock.set(startedAtMs + 1000);
      expect([await take(), await take(), await take(), await take()]).toEqual([true, true, true, false]);
    },
  );

  test('a clock that was ahead and is set back limits calls for one window and no longer', async () => {
    const clock = new ManualClock();
    const startedAtMs = clock.now();
    const store = new MemoryRateLimitStore({ clock });
    const take = async () => (await store.take([entry('a')]))[0]?.allowed;
    clock.set(startedAtMs + 365 * 86_400_000);
    for (let count = 0; count < 3; count++) expect(await take()).toBe(true);
    clock.set(startedAtMs);
    expect(await take()).toBe(false);
    clock.advance(999);
    expect(await take()).toBe(false);
    clock.advance(1);
    expect(await take()).toBe(true);
  });

  test('by default, setting the computer’s date ten minutes forward or back has no effect', async () => {
    const store = new MemoryRateLimitStore();
    const hourly = entry('a', 3, 3_600_000);
    const now = vi.spyOn(Date, 'now');
    for (const skewMs of [0, 600_000, -600_000, 7_200_000]) {
      now.mockReturnValue(Date.parse('2026-11-24T00:00:00Z') + skewMs);
      await store.take([hourly]);
    }
    const [result] = await store.take([hourly]);
    expect(result).toMatchObject({ allowed: false, remaining: 0 });
    expect(result?.retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });
});

describe('T-E4: memory', () => {
  test('of 10 000 keys, one after the other, only those whose window is open are held', async () => {
    const clock = new ManualClock();
    const store = new MemoryRateLimitStore({ clock });
    for (let key = 0; key < 10_000; key++) {
      if (key % 100 === 0) clock.advance(100);
      await store.take([entry(`user-${key}`, 5, 1000)]);
    }
    // A thousand windows are open at any time; the sweeps of a thousand calls examine each of them.
    expect(store.size).toBeLessThanOrEqual(2000);
    clock.advance(1000);
    for (let count = 0; count < 2000; count++) await store.take([entry('last', 5, 1000)]);
    expect(store.size).toBe(1);
  });

  test('a call sweeps two counts for each of its entries, and sixteen more when the table is full', async () => {
    const sizeAfter = async (keys: number, maxKeys: number, ...entries: readonly string[]) => {
      const clock = new ManualClock();
      const store = new MemoryRateLimitStore({ clock, maxKeys });
      for (let key = 0; key < keys; key++) await store.take([entry(`old-${key}`)]);
      clock.advance(1000);
      await store.take(entries.map((key) => entry(key)));
      return store.size;
    };
    expect(await sizeAfter(10, 100, 'new')).toBe(10 - 2 + 1);
    expect(await sizeAfter(10, 100, 'new', 'newer')).toBe(10 - 4 + 2);
    expect(await sizeAfter(20, 21, 'new')).toBe(20 - 2 + 1);
    // Less than eighteen where the sweep starts again at the first count.
    expect(await sizeAfter(20, 20, 'new')).toBeLessThan(20 - 2 + 1);
  });

  test('a call sweeps two groups for each of its entries', async () => {
    const clock = new ManualClock();
    const store = new MemoryRateLimitStore({ clock, maxKeys: 1 });
    for (let key = 0; key < 41; key++) await store.take([entry(`old-${key}`)]);
    clock.advance(1000);
    const call = ['a', 'b', 'c', 'd'].map((key) => entry(key));
    for (let count = 0; count < 2; count++) await store.take(call);
    // At least one of the two calls sweeps eight, the other one may start again at the first count; four counts are new.
    expect(store.size).toBeLessThanOrEqual(41 - 8 + 4);
  });

  test('a key that has a count of its own is counted there, also when the table is full', async () => {
    const store = new MemoryRateLimitStore({ clock: new ManualClock(), maxKeys: 1 });
    for (let call = 0; call < 2; call++) await store.take([entry('a')]);
    expect(store.size).toBe(1);
  });

  test('no random number is drawn before the table is full: workers have none while they start', async () => {
    const random = vi.spyOn(crypto, 'getRandomValues');
    const store = new MemoryRateLimitStore({ clock: new ManualClock(), maxKeys: 2 });
    for (const key of ['a', 'b']) await store.take([entry(key)]);
    expect(random).not.toHaveBeenCalled();
    await store.take([entry('c')]);
    await store.take([entry('d')]);
    expect(random).toHaveBeenCalledOnce();
  });

  test('a count is dropped at the end of its window, one of a group too', async () => {
    const clock = new ManualClock();
    const store = new MemoryRateLimitStore({ clock, maxKeys: 2 });
    for (const key of ['a', 'b', 'c', 'd']) await store.take([entry(key)]);
    expect(store.size).toBeGreaterThan(2);
    clock.advance(999);
    await store.take([entry('a')]);
    expect(store.size).toBeGreaterThan(2);
    clock.advance(1000);
    for (let call = 0; call < 4; call++) await store.take([entry('last')]);
    expect(store.size).toBe(1);
  });
});

describe('a flood of new keys', () => {
  /** The random number drawn: the start of the hash. */
  const START = 12_345;
  /** Another key in the same group. */
  function keyInGroupOf(key: string): string {
    const group = (text: string) =>
      (Array.from(text).reduce((hash, character) => Math.imul(hash ^ character.charCodeAt(0), 16_777_619), START) >>>
        0) %
      4096;
    const others = Array.from({ length: 100_000 }, (_, index) => `other-${index}`);
    return others.find((other) => group(other) === group(key)) ?? expect.unreachable();
  }

  /** A store that is full of open windows of `a`, `b` and `c`. */
  async function flooded(limit: number) {
    const clock = new ManualClock();
    const store = new MemoryRateLimitStore({ clock, maxKeys: 3 });
    for (const key of ['a', 'b', 'c']) await store.take([entry(key, limit)]);
    return { clock, store };
  }

  test('does not affect keys that are counted already', async () => {
    const { store } = await flooded(2);
    for (let key = 0; key < 12_000; key++) await store.take([entry(`flood-${key}`, 2)]);
    expect(store.size).toBeLessThanOrEqual(3 + 4096);
    for (const key of ['a', 'b', 'c']) {
      expect((await store.take([entry(key, 2)]))[0]).toMatchObject({ allowed: true, remaining: 0 });
      expect((await store.take([entry(key, 2)]))[0]).toMatchObject({ allowed: false, retryAfterMs: 1000 });
    }
  });

  test('is allowed as far as its groups have room, and otherwise gets the exact wait', async () => {
    const { store, clock } = await flooded(1);
    let accepted = 0;
    for (let key = 0; key < 12_000; key++) {
      const [result] = await store.take([entry(`flood-${key}`, 1)]);
      if (result?.allowed) accepted += 1;
      else expect(result?.retryAfterMs).toBe(1000);
    }
    expect(accepted).toBeGreaterThan(3500);
    expect(accepted).toBeLessThanOrEqual(4096);
    clock.advance(1000);
    expect((await store.take([entry('flood-11999', 1)]))[0]?.allowed).toBe(true);
  });

  test('later calls of a key with its own count are not counted in its former group', async () => {
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((numbers) => {
      if (numbers instanceof Int32Array) numbers[0] = START;
      return numbers;
    });
    const { store, clock } = await flooded(2);
    await store.take([entry('late', 2)]);
    clock.advance(999);
    await store.take([entry('late', 2)]);
    clock.advance(1);
    // The windows of a, b and c are over: `late` gets a count of its own, and the table is full again.
    expect((await store.take([entry('late', 2)]))[0]).toMatchObject({ allowed: true, remaining: 0 });
    for (const key of ['a', 'b']) await store.take([entry(key, 2)]);
    expect((await store.take([entry(keyInGroupOf('late'), 2)]))[0]).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('a key does not exceed its limit when it moves from a group to its own count', async () => {
    const { store, clock } = await flooded(2);
    clock.advance(500);
    expect((await store.take([entry('late', 2)]))[0]).toMatchObject({ allowed: true, remaining: 1 });
    clock.advance(500);
    // The windows of a, b and c are over, so there is room again.
    expect((await store.take([entry('late', 2)]))[0]).toMatchObject({ allowed: true, remaining: 0 });
    expect((await store.take([entry('late', 2)]))[0]).toMatchObject({ allowed: false, retryAfterMs: 500 });
    clock.advance(500);
    expect((await store.take([entry('late', 2)]))[0]).toMatchObject({ allowed: true });
    expect((await store.take([entry('late', 2)]))[0]).toMatchObject({ allowed: false });
  });
});

test('an entry that comes twice in one call counts once', async () => {
  const store = new MemoryRateLimitStore({ clock: new ManualClock() });
  for (const remaining of [2, 1, 0]) {
    expect(await store.take([entry('a'), entry('b'), entry('a')])).toMatchObject([
      { allowed: true, remaining },
      { allowed: true, remaining },
      { allowed: true, remaining },
    ]);
  }
  expect(await store.take([entry('a'), entry('a')])).toMatchObject([{ allowed: false }, { allowed: false }]);
});

test('of a denied call, an empty count has a wait of 0', async () => {
  const store = new MemoryRateLimitStore({ clock: new ManualClock() });
  await store.take([entry('a', 1)]);
  expect(await store.take([entry('a', 1), entry('b', 2)])).toEqual([
    { allowed: false, limit: 1, remaining: 0, retryAfterMs: 1000, resetMs: 1000 },
    { allowed: true, limit: 2, remaining: 2, retryAfterMs: 0, resetMs: 0 },
  ]);
});

test('one key with two limits is refused, and nothing is counted', async () => {
  const store = new MemoryRateLimitStore({ clock: new ManualClock() });
  await store.take([entry('a', 3, 1000)]);
  for (const other of [entry('a', 4, 1000), entry('a', 3, 2000)]) {
    await expect(store.take([entry('b'), other])).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: 'A key of the rate limit store was used with two limits. Make limit and window part of the key.',
    });
  }
  expect(await store.take([entry('a'), entry('b')])).toMatchObject([{ remaining: 1 }, { remaining: 2 }]);
});

test.each([
  [Number.NaN, 1000],
  [-1, 1000],
  [0, 1000],
  [1.5, 1000],
  [2 ** 53, 1000],
  [1001, 1000],
  [1, Number.NaN],
  [1, 0],
  [1, -5],
  [1, 0.5],
  [1, 32 * 86_400_000],
])('T-E6, T-E7: a limit of %s in %s ms is refused, and nothing is counted', async (limit, windowMs) => {
  const store = new MemoryRateLimitStore();
  await expect(store.take([entry('a', limit, windowMs)])).rejects.toMatchObject({ code: 'MISCONFIGURED' });
  expect(store.size).toBe(0);
});

test('a window of thirty days lasts thirty days', async () => {
  const clock = new ManualClock();
  const store = new MemoryRateLimitStore({ clock });
  const monthly = entry('a', 2, 30 * 86_400_000);
  await store.take([monthly]);
  await store.take([monthly]);
  clock.advance(29 * 86_400_000);
  expect((await store.take([monthly]))[0]).toMatchObject({ allowed: false, retryAfterMs: 86_400_000 });
  clock.advance(86_400_000);
  expect((await store.take([monthly]))[0]).toMatchObject({ allowed: true });
});

test.each([0, -1, 1.5, Number.NaN])('`maxKeys: %s` is refused', (maxKeys) => {
  expect(() => new MemoryRateLimitStore({ maxKeys })).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
});

test('a count is empty again one window after its newest call, not after its oldest', async () => {
  const clock = new ManualClock();
  const store = new MemoryRateLimitStore({ clock });
  await store.take([entry('a')]);
  clock.advance(400);
  expect(await store.take([entry('a')])).toMatchObject([{ remaining: 1, resetMs: 1000 }]);
  clock.advance(300);
  await store.take([entry('a')]);
  expect(await store.take([entry('a')])).toMatchObject([{ allowed: false, retryAfterMs: 300, resetMs: 1000 }]);
});

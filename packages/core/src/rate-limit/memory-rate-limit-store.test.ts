import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { MemoryRateLimitStore } from './memory-rate-limit-store.ts';

const entry = (key: string, limit = 3, windowMs = 1000) => ({ key, limit, windowMs });

/** The most that were accepted in any window of this length. */
function mostInAnyWindow(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((start) => times.filter((time) => time >= start && time < start + windowMs).length));
}

describe('property 5: exactly ≤ limit in any rolling window', () => {
  const steps = fc.array(
    fc.record({
      afterMs: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2500 })),
      keys: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
    }),
    { maxLength: 60 },
  );

  test('any sequence of calls on several counts keeps all of them; all are taken or none; waiting as told succeeds', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), async (sequence, limit) => {
        const clock = new ManualClock();
        const store = new MemoryRateLimitStore({ clock });
        const accepted = new Map<string, number[]>();
        for (const { afterMs, keys } of sequence) {
          clock.advance(afterMs);
          const results = await store.take(keys.map((key) => entry(key, limit)));
          const allowed = results.every((result) => result.allowed);
          if (allowed) for (const key of keys) accepted.set(key, [...(accepted.get(key) ?? []), clock.now()]);
          if (!allowed) {
            const waitMs = Math.max(...results.map((result) => result.retryAfterMs));
            const early = new ManualClock({ nowMs: clock.now() });
            expect(waitMs).toBeGreaterThan(0);
            early.advance(waitMs);
            clock.advance(waitMs);
            const again = await store.take(keys.map((key) => entry(key, limit)));
            expect(again.every((result) => result.allowed)).toBe(true);
            for (const key of keys) accepted.set(key, [...(accepted.get(key) ?? []), clock.now()]);
          }
        }
        for (const times of accepted.values()) expect(mostInAnyWindow(times, 1000)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 1000 },
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

test('T-E3: a burst on both sides of a window’s edge is not twice the limit', async () => {
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

test('T-E2: a clock that is turned back or forth never lets more through', async () => {
  const clock = new ManualClock();
  const store = new MemoryRateLimitStore({ clock });
  for (let count = 0; count < 3; count++) await store.take([entry('a')]);
  for (const skewMs of [-600_000, -1, 0]) {
    clock.set(clock.now() + skewMs);
    expect((await store.take([entry('a')]))[0]?.allowed).toBe(false);
  }
});

describe('T-E4: memory', () => {
  test('a million keys, one after the other, never hold more than those whose window is open', async () => {
    const clock = new ManualClock();
    const store = new MemoryRateLimitStore({ clock, maxKeys: 10_000 });
    for (let key = 0; key < 1_000_000; key++) {
      if (key % 100 === 0) clock.advance(100);
      await store.take([entry(`user-${key}`, 5, 5000)]);
    }
    expect(store.size).toBeLessThanOrEqual(10_000);
    clock.advance(10_000);
    for (let count = 0; count < 6000; count++) await store.take([entry('last', 5, 5000)]);
    expect(store.size).toBe(1);
  });

  test('when it is full of open windows it refuses new people, keeps the old ones counted, and takes nothing', async () => {
    const clock = new ManualClock();
    const store = new MemoryRateLimitStore({ clock, maxKeys: 3 });
    for (const key of ['a', 'b', 'c']) await store.take([entry(key, 1)]);
    await expect(store.take([entry('d', 1)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.take([entry('e', 1), entry('f', 1)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await store.take([entry('a', 1)]))[0]?.allowed).toBe(false);
    expect(store.size).toBe(3);
    clock.advance(1000);
    expect((await store.take([entry('d', 1)]))[0]?.allowed).toBe(true);
  });
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
])('T-E6, T-E7: a limit of %s in %s ms is refused and nothing is taken', async (limit, windowMs) => {
  const store = new MemoryRateLimitStore();
  await expect(store.take([entry('a', limit, windowMs)])).rejects.toMatchObject({ code: 'MISCONFIGURED' });
  expect(store.size).toBe(0);
});

test('a window of thirty days counts for thirty days', async () => {
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

test.each([0, -1, 1.5, Number.NaN])('a bound of %s keys is refused', (maxKeys) => {
  expect(() => new MemoryRateLimitStore({ maxKeys })).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
});

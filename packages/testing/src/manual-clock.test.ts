import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { seededRandom } from './seeded-random.ts';

describe('ManualClock', () => {
  test('wakes sleepers in the order of their times, at their times', async () => {
    const clock = new ManualClock({ nowMs: 1000 });
    const woken: [string, number][] = [];
    const sleep = async (name: string, delayMs: number) => {
      await clock.sleep(delayMs);
      woken.push([name, clock.now()]);
    };
    const all = [sleep('late', 500), sleep('early', 100), sleep('never', 10_000)];
    clock.advance(99);
    expect(clock.sleeping).toBe(3);
    clock.advance(401);
    await Promise.all(all.slice(0, 2));
    expect(woken.map(([name]) => name)).toEqual(['early', 'late']);
    expect(clock.now()).toBe(1500);
    expect(clock.sleeping).toBe(1);
  });

  test('an aborted sleep rejects with the reason and leaves nothing behind', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const reason = { gone: true };
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(clock.sleep(1, controller.signal)).rejects.toBe(reason);
    expect(clock.sleeping).toBe(0);
    const { signal } = new AbortController();
    const other = clock.sleep(5, signal);
    clock.advance(5);
    await other;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

test('seededRandom gives the same numbers for the same seed, evenly from 0 up to 1', () => {
  const [one, two, other] = [seededRandom(7), seededRandom(7), seededRandom(8)];
  const numbers = Array.from({ length: 10_000 }, () => one());
  expect(numbers).toEqual(Array.from({ length: 10_000 }, () => two()));
  expect(numbers[0]).not.toBe(other());
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
});

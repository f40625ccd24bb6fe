import { expect, test } from 'vitest';
import { Leash } from './leash.ts';
import { TooComplexError } from './too-complex-error.ts';

/** Pulls until it is refused, or `count` times. */
async function pulls(count: number, request: (turn: number) => readonly [number, number]): Promise<number> {
  const leash = new Leash();
  for (let turn = 0; turn < count; turn += 1) {
    try {
      await leash.pull(...request(turn));
    } catch (error) {
      expect(error).toBeInstanceOf(TooComplexError);
      return turn;
    }
  }
  return count;
}

test('lets a parser go on that goes on', async () => {
  expect(await pulls(10_000, (turn) => [turn, turn + 8])).toBe(10_000);
});

test('lets a parser look at the same place some times', async () => {
  expect(await pulls(256, () => [0, 8])).toBe(256);
});

test.each([1, 2, 7])('ends a circle of %i requests', async (length) => {
  expect(await pulls(10_000, (turn) => [turn % length, 100])).toBe(256 * length);
});

test('lets timers run meanwhile', async () => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 0);
  await pulls(10_000, (turn) => [turn, turn + 8]);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(5);
});

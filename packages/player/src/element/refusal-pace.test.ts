import { expect, test } from 'vitest';
import { RefusalPace } from './refusal-pace.ts';

function pace() {
  const time = { nowMs: 1000 };
  return { time, refusals: new RefusalPace(() => time.nowMs) };
}

test('many refusals at once lead to one request', () => {
  const { time, refusals } = pace();
  expect(refusals.mayAsk(25)).toBe(true);
  for (let count = 0; count < 10; count += 1) expect(refusals.mayAsk(25)).toBe(false);
  time.nowMs += 1999;
  expect(refusals.mayAsk(25)).toBe(false);
  time.nowMs += 1;
  expect(refusals.mayAsk(25)).toBe(true);
});

test('when no grant helps, the pauses double up to a minute', () => {
  const { time, refusals } = pace();
  const asked: number[] = [];
  for (; asked.length < 9; time.nowMs += 500) if (refusals.mayAsk(25.4)) asked.push(time.nowMs);
  const pauses = asked.slice(1).map((atMs, index) => atMs - (asked[index] ?? 0));
  expect(pauses).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('when playback has advanced, the last grant has helped, and the pauses start again', () => {
  const { time, refusals } = pace();
  for (let count = 0; count < 4; count += 1, time.nowMs += 16_000) expect(refusals.mayAsk(25)).toBe(true);
  time.nowMs += 60_000;
  expect(refusals.mayAsk(26)).toBe(true);
  time.nowMs += 2000;
  expect(refusals.mayAsk(26)).toBe(true);
});

test('when playback advances less than a second each time, no grant helps: the pauses still double', () => {
  const { time, refusals } = pace();
  const asked = [2000, 4000, 8000, 16_000].map((pauseMs, index) => {
    expect(refusals.mayAsk(25 + index * 0.9)).toBe(true);
    time.nowMs += pauseMs - 1;
    const isEarly = refusals.mayAsk(25 + (index + 1) * 0.9);
    time.nowMs += 1;
    return isEarly;
  });
  expect(asked).toEqual([false, false, false, false]);
});

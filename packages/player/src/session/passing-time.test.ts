import fc from 'fast-check';
import { expect, test } from 'vitest';
import { passingTime } from './passing-time.ts';

function clocks() {
  const times = { date: 5_000_000, start: 100 };
  const passed = passingTime(
    () => times.date,
    () => times.start,
  );
  return { times, passed };
}

test('advances with the clocks', () => {
  const { times, passed } = clocks();
  expect(passed()).toBe(0);
  times.date += 1000;
  times.start += 1000;
  expect(passed()).toBe(1000);
  expect(passed()).toBe(1000);
});

test('setting the date back by hours does not reduce it', () => {
  const { times, passed } = clocks();
  times.date -= 7_200_000;
  times.start += 50;
  expect(passed()).toBe(50);
  times.date += 10;
  times.start += 10;
  expect(passed()).toBe(60);
});

test('a sleep that the time since the page began has missed is noticed by the date', () => {
  const { times, passed } = clocks();
  times.date += 3_600_000;
  times.start += 20;
  expect(passed()).toBe(3_600_000);
});

test('invalid readings of a clock are ignored, and later valid ones are used again', () => {
  const { times, passed } = clocks();
  times.date = Number.NaN;
  times.start += 30;
  expect(passed()).toBe(30);
  times.date = 5_000_100;
  expect(passed()).toBe(130);
});

test('never goes back, and is never less than the time of a monotonic clock (any readings)', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.nat(100_000))), (steps) => {
      const { times, passed } = clocks();
      let [last, since] = [passed(), 0];
      for (const [date, stepMs] of steps) {
        times.date = date;
        times.start += stepMs;
        since += stepMs;
        const now = passed();
        expect(now).toBeGreaterThanOrEqual(last);
        expect(now).toBeGreaterThanOrEqual(since);
        last = now;
      }
    }),
  );
});

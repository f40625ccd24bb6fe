import { expect, test } from 'vitest';
import { estimateStreamCost } from './cost-estimate.ts';

test('blocks are bought whole, reserved minutes count, delivery is by the minute', () => {
  const usage = { storedBytes: 0, views: 0, storedMinutes: 1500, reservedMinutes: 600, deliveredMinutes: 2500 };
  const estimate = estimateStreamCost(usage);
  expect(estimate.monthlyUsd).toBeCloseTo(3 * 5 + 2.5, 9);
  expect(JSON.parse(JSON.stringify(estimate))).toEqual(estimate);
});

test('without minutes, bytes are taken at a stated bitrate: megabits and megabytes are not mixed', () => {
  // An hour at five megabits a second.
  const hourBytes = (5e6 / 8) * 3600;
  const estimate = estimateStreamCost({ storedBytes: hourBytes, views: 0, deliveredBytes: hourBytes * 100 });
  expect(estimate.items[1]?.quantity).toBeCloseTo(6, 9);
  expect(estimate.assumptions.join(' ')).toContain('5 megabits a second');
});

test('an empty month still costs one block; prices can be overridden', () => {
  expect(estimateStreamCost({ storedBytes: 0, views: 0 }).monthlyUsd).toBe(5);
  expect(estimateStreamCost({ storedBytes: 0, views: 0 }, { storageBlockUsd: 4 }).monthlyUsd).toBe(4);
  const average = estimateStreamCost({ storedBytes: 0, views: 10, videos: 4, storedMinutes: 40 });
  expect(average.items[1]?.quantity).toBeCloseTo(0.1, 9);
});

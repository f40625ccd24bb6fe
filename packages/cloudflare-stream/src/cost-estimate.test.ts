import { expect, test } from 'vitest';
import { estimateStreamCost } from './cost-estimate.ts';
import { PRICES } from './pricing.ts';

test('blocks are bought whole, reserved minutes count, delivery is by the minute', () => {
  const usage = { storedBytes: 0, views: 0, storedMinutes: 1500, reservedMinutes: 600, deliveredMinutes: 2500 };
  const estimate = estimateStreamCost(usage);
  expect(estimate.monthlyUsd).toBeCloseTo(3 * 5 + 2.5, 9);
  expect(JSON.parse(JSON.stringify(estimate))).toEqual(estimate);
});

test('without minutes, bytes are converted at a named bitrate: megabits and megabytes are not mixed up', () => {
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

test('items, units and assumptions are those that a reader needs', () => {
  const reserved = { storedBytes: 0, views: 0, storedMinutes: 1500, reservedMinutes: 600, deliveredMinutes: 2500 };
  expect(estimateStreamCost(reserved)).toEqual({
    plan: 'Stream',
    monthlyUsd: 17.5,
    items: [
      { name: 'Storage, blocks of 1000 minutes', unit: 'block', quantity: 3, unitPriceUsd: 5, amountUsd: 15 },
      { name: 'Delivery', unit: 'thousand minutes', quantity: 2.5, unitPriceUsd: 1, amountUsd: 2.5 },
    ],
    assumptions: ['Stored minutes are bought in whole blocks, at least one; no taxes.'],
    pricesAsOf: PRICES.asOf,
  });
  expect(estimateStreamCost({ storedBytes: 0, views: 3, deliveredBytes: 0 }).assumptions).toEqual([
    'Minutes stored are derived from bytes at 5 megabits a second.',
    'No minutes are reserved by uploads that have not arrived.',
    'Minutes delivered are derived from bytes at 5 megabits a second.',
    'Stored minutes are bought in whole blocks, at least one; no taxes.',
  ]);
});

test('views without minutes: a whole video of average length, or five minutes when the number of videos is not known', () => {
  const of = (videos: number | undefined) => {
    const { items, assumptions } = estimateStreamCost({ storedBytes: 0, views: 400, videos, storedMinutes: 40 });
    return [items[1]?.quantity, assumptions.at(-2)];
  };
  expect(of(4)).toEqual([4, 'Each view plays one whole video of average length.']);
  for (const none of [0, undefined]) expect(of(none)).toEqual([2, 'Each view plays five minutes.']);
});

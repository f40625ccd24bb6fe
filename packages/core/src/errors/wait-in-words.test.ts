import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitInWords } from './wait-in-words.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each<[number, string]>([
  [0, '1 second'],
  [1, '1 second'],
  [1001, '2 seconds'],
  [119 * SECOND, '119 seconds'],
  [119 * SECOND + 1, '2 minutes'],
  [2 * MINUTE + 1, '3 minutes'],
  [3599 * SECOND, '60 minutes'],
  [119 * MINUTE, '119 minutes'],
  [119 * MINUTE + 1, '2 hours'],
  [47 * HOUR, '47 hours'],
  [47 * HOUR + 1, '2 days'],
  [30 * DAY + 1, '31 days'],
])('%i ms are %s', (delayMs, words) => {
  expect(waitInWords(delayMs)).toBe(words);
});

test('never says less than the wait, nor, beyond a second, more than one and a half times the wait', () => {
  const unitMs: Readonly<Record<string, number>> = { second: SECOND, minute: MINUTE, hour: HOUR, day: DAY };
  fc.assert(
    fc.property(fc.integer({ min: SECOND, max: 31 * DAY }), (delayMs) => {
      const [amount, unit = ''] = waitInWords(delayMs).split(' ');
      const saidMs = Number(amount) * (unitMs[unit.replace(/s$/, '')] ?? Number.NaN);
      expect(saidMs).toBeGreaterThanOrEqual(delayMs);
      expect(saidMs).toBeLessThan(delayMs * 1.5 + SECOND);
    }),
    { numRuns: 1000 },
  );
});

import { expect, test } from 'vitest';
import { closingLines, sumOf } from './test-counts.ts';

test('the last line is plain, counts skipped tests, and follows all failures', () => {
  expect(closingLines({ passed: 12, failures: [], skipped: 0 })).toBe('12 passed, 0 failed');
  expect(closingLines({ passed: 12, failures: ['one', 'two'], skipped: 2 })).toBe(
    'failed: one\nfailed: two\n12 passed, 2 failed, 2 skipped',
  );
});

test('sums', () => {
  const counts = [
    { passed: 1, failures: ['a', 'b'], skipped: 3 },
    { passed: 10, failures: ['c'], skipped: 30 },
  ];
  expect(sumOf(counts)).toEqual({ passed: 11, failures: ['a', 'b', 'c'], skipped: 33 });
  expect(sumOf([])).toEqual({ passed: 0, failures: [], skipped: 0 });
});

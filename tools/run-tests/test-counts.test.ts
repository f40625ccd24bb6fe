import { expect, test } from 'vitest';
import { closingLine, sumOf } from './test-counts.ts';

test('the closing line is plain, and counts what was skipped', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(closingLine({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
});

test('sums', () => {
  const counts = [
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ];
  expect(sumOf(counts)).toEqual({ passed: 11, failed: 22, skipped: 33 });
  expect(sumOf([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

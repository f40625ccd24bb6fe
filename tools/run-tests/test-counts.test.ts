import { expect, test } from 'vitest';
import { closingLine, readClosingLine, sumOf } from './test-counts.ts';

test('the closing line is plain, and counts what was skipped', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(closingLine({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
});

test('the last closing line of a text is read', () => {
  const text = '1 passed, 1 failed\nnoise 9 passed, 9 failed\n3 passed, 0 failed, 4 skipped\nmore noise';
  expect(readClosingLine(text)).toEqual({ passed: 3, failed: 0, skipped: 4 });
  expect(readClosingLine('Tests 3 passed (3)')).toBeUndefined();
});

test('sums', () => {
  const counts = [
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  ];
  expect(sumOf(counts)).toEqual({ passed: 11, failed: 22, skipped: 33 });
  expect(sumOf([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

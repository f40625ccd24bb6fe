import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const now = Date.parse('2026-11-24T12:00:00.000Z');

describe('parseRetryAfter', () => {
  test.each([
    ['0', 0],
    ['2', 2000],
    [' 120 ', 120_000],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['600', 600_000],
    ['601', 600_000],
    ['86400', 600_000],
    ['1000000000', 600_000],
    ['Fri, 24 Nov 2056 12:00:00 GMT', 600_000],
  ])('%j is %s ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  test.each([
    undefined,
    null,
    '',
    '-1',
    '1.5',
    '1e3',
    'soon',
    'NaN',
    'Infinity',
    '0x10',
    '2026-11-24T12:00:30Z',
    'in Tue, 24 Nov 2026 12:00:30 GMT',
    'Tue, 24 Nov 2026 12:00:30 GMT+5',
    'Tue, 99 Foo 2026 12:00:00 GMT',
    '1'.repeat(100),
  ])('%j is treated as absent', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });

  test('any text gives undefined, or a pause of 0 to ten minutes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const pause = parseRetryAfter(text, now);
        expect(pause === undefined || (pause >= 0 && pause <= 600_000)).toBe(true);
      }),
    );
  });
});

import { expect, test } from 'vitest';
import { isTimestamp, toTimestamp } from './timestamp.ts';

test('a time is written as ISO 8601 in UTC, of the years 0 to 9999', () => {
  expect([toTimestamp(0), toTimestamp(253_402_300_799_999)]).toEqual([
    '1970-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ]);
  expect(() => toTimestamp(253_402_300_800_000)).toThrow(new RangeError('The time is outside the years 0 to 9999.'));
  expect(() => toTimestamp(-62_167_219_200_001)).toThrow('The time is outside the years 0 to 9999.');
});

test.each([
  ['2026-02-28T12:00:00.000Z', true],
  ['2026-02-30T12:00:00.000Z', false],
  ['2026-02-28T12:00:00Z', false],
  ['2026-02-28T12:00:00.000+00:00', false],
  ['+012026-02-28T12:00:00.000Z', false],
  ['', false],
  [new Date(0), false],
  [['1970-01-01T00:00:00.000Z'], false],
  [undefined, false],
])('whether %j is such a time: %s', (value, isOne) => {
  expect(isTimestamp(value)).toBe(isOne);
});

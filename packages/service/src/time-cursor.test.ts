import { ValidationError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { encodeCursor } from './page-cursor.ts';
import { countedFrom, decodeTimeCursor, encodeTimeCursor, pageLimit, timeBound } from './time-cursor.ts';

test('a position is returned unchanged by the cursor of its list', () => {
  const place = { atMs: 1_700_000_000_123, id: 'f00' };
  expect(decodeTimeCursor('newest', encodeTimeCursor('newest', place))).toEqual(place);
  expect(decodeTimeCursor('newest', undefined)).toBeUndefined();
  expect(decodeTimeCursor('newest', encodeCursor('newest', '9'.repeat(15), ''))?.id).toBe('');
});

test.each([
  ['of another order', encodeTimeCursor('oldest', { atMs: 1, id: 'x' })],
  ['with text before its time', encodeCursor('newest', 'x1', 'x')],
  ['with text after its time', encodeCursor('newest', '1x', 'x')],
  ['with too long a time', encodeCursor('newest', '9'.repeat(16), 'x')],
])('a cursor %s is refused with a message', (_what, cursor) => {
  const message = 'The cursor is not from a page of this list; start again without a cursor.';
  expect(problemsOf(() => decodeTimeCursor('newest', cursor))).toEqual([
    { path: 'cursor', code: 'OPTION_INVALID', message },
  ]);
});

test('a cursor of up to 1 024 characters is decoded; a longer one is refused undecoded', () => {
  const longest = encodeCursor('newest', '1', 'x'.repeat(751));
  expect(longest.length).toBe(1024);
  expect(decodeTimeCursor('newest', longest)).toEqual({ atMs: 1, id: 'x'.repeat(751) });
  const longer = encodeCursor('newest', '1', 'x'.repeat(752));
  const message = 'The cursor is not from a page of this list; start again without a cursor.';
  expect(problemsOf(() => decodeTimeCursor('newest', longer))).toEqual([
    { path: 'cursor', code: 'OPTION_INVALID', message },
  ]);
});

test('a limit is a whole number from 1 to 1 000, a bound is a time; others are refused with a message', () => {
  expect([pageLimit(1), pageLimit(1000)]).toEqual([1, 1000]);
  for (const limit of [0, 1001, 1.5, Number.NaN]) {
    const message = 'The limit of a page must be a whole number from 1 to 1000.';
    expect(problemsOf(() => pageLimit(limit))).toEqual([{ path: 'limit', code: 'OPTION_INVALID', message }]);
  }
  expect([timeBound('from', undefined), timeBound('from', '1970-01-01T00:00:00.007Z')]).toEqual([undefined, 7]);
  const message = 'The filter from must be a time such as 2026-11-23T02:15:00.000Z.';
  expect(problemsOf(() => timeBound('from', 'yesterday'))).toEqual([{ path: 'from', code: 'OPTION_INVALID', message }]);
});

test('a bound is the same time in every time zone: a day in UTC, or a time with its zone', () => {
  const [day, moment] = [Date.UTC(2026, 10, 23), Date.UTC(2026, 10, 23, 2, 15)];
  const times = ['2026-11-23T02:15Z', '2026-11-23T02:15:00Z', '2026-11-23T04:15:00.0+02:00', '2026-11-22T20:45-05:30'];
  expect(['2026-11-23', ...times].map((time) => timeBound('from', time))).toEqual([day, ...times.map(() => moment)]);
  const foreign = [
    '2026-11-23T02:15',
    '2026-11-23 02:15Z',
    '2026-11-23T02:15:00.000',
    'March 7, 2026',
    '7',
    '2026-13-01',
  ];
  for (const time of [...foreign, 'x2026-11-23', '2026-11-23x', '2026-11-23T02:15Zx', '']) {
    expect(
      problemsOf(() => timeBound('from', time)),
      time,
    ).toMatchObject([{ path: 'from' }]);
  }
});

test('366 days are counted: up to the day of now, or to the day before a bound at midnight', () => {
  const day = (date: string) => Date.parse(`${date}T00:00:00.000Z`);
  expect(countedFrom(undefined, undefined, day('2026-11-23'))).toBe(day('2025-11-23'));
  expect(countedFrom(undefined, day('2026-11-23'), 0)).toBe(day('2025-11-22'));
  expect(countedFrom(undefined, day('2026-11-23') + 1, 0)).toBe(day('2025-11-23'));
  expect(countedFrom(day('2026-11-01'), undefined, day('2026-11-23'))).toBe(day('2026-11-01'));
  expect(countedFrom(day('2000-01-01'), undefined, day('2026-11-23'))).toBe(day('2025-11-23'));
});

function problemsOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error instanceof ValidationError ? error.problems : error;
  }
}

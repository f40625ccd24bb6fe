import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { entryFromRow } from './entry-row.ts';
import { readRow, storedInteger, storedJson, storedNumber, storedTime } from './stored-value.ts';

test.each([
  [7, 7],
  ['7', 7],
  ['-7', -7],
  ['7.000', 7],
  [7n, 7],
  [2 ** 53 - 1, 2 ** 53 - 1],
])('%s is the whole number %d', (stored, value) => {
  expect(storedInteger.parse(stored)).toBe(value);
});

test.each([1.5, '1.5', '', 'x', '7x', null, Number.NaN, 2 ** 60])('%s is not a whole number', (stored) => {
  expect(storedInteger.safeParse(stored).success).toBe(false);
});

test('fractions, times and JSON are read as they were written', () => {
  expect([1.5, '1.5', 2n].map((stored) => storedNumber.parse(stored))).toEqual([1.5, 1.5, 2]);
  expect(storedNumber.safeParse('x1').success).toBe(false);
  expect(storedTime.parse('1700000000123')).toBe('2023-11-14T22:13:20.123Z');
  expect(storedJson(z.array(z.string())).parse('["a"]')).toEqual(['a']);
  expect(storedJson(z.array(z.string())).safeParse('["a"').error?.issues).toMatchObject([{ message: 'is not JSON' }]);
  expect(storedJson(z.array(z.string())).safeParse('[1]').success).toBe(false);
  expect(storedJson(z.array(z.string())).safeParse(['a']).success).toBe(false);
});

test('the error for an unreadable row names its table and columns, and no value', () => {
  const schema = z.object({ a: storedInteger, b: z.string(), c: storedJson(z.object({ d: z.string() })) });
  let error: unknown;
  try {
    readRow('notes', schema, { a: 'canary', b: 'fine', c: '{"d":"canary"' });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(inspect(error)).toContain('A row of notes is not readable: a, c.');
  expect(inspect(error)).not.toContain('canary');
});

describe('a history entry', () => {
  const row = {
    id: 12,
    record_id: 'r',
    sequence: null,
    occurrence: null,
    at: 0,
    event: 'video.ready',
    outcome: 'ok',
    user_id: null,
    role: null,
    context_id: null,
    error_code: null,
    elapsed_ms: 1.5,
    personal_digest: null,
    previous_hash: null,
    hash: null,
  };

  test('has an id that as text is in the order of writing', () => {
    expect(entryFromRow(row).id < entryFromRow({ ...row, id: '101' }).id).toBe(true);
  });

  test('may have an event that this version does not know yet, but no text without the form of one', () => {
    expect(entryFromRow({ ...row, event: 'video.archived' }).event).toBe('video.archived');
    for (const event of ['video', 'video.', '<b>.x', 'video.ready ', `${'a'.repeat(40)}.b`, `a.${'b'.repeat(32)}`, 7]) {
      expect(() => entryFromRow({ ...row, event })).toThrow();
    }
    const cause = expect.objectContaining({ message: 'A row of videostorage_events is not readable: outcome.' });
    expect(() => entryFromRow({ ...row, outcome: 'perhaps' })).toThrow(expect.objectContaining({ cause }));
  });
});

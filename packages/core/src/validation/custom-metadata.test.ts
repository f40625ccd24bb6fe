import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { utf8ByteLength } from './canonical-text.ts';
import { validateCustomMetadata } from './custom-metadata.ts';

const check = (value: unknown) => validateCustomMetadata('custom', value);
const messages = (value: unknown) => check(value).problems.map((problem) => `${problem.path}: ${problem.message}`);

test('returns a new frozen object', () => {
  const custom = { title: 'Übung 1', 'course-id': '7', empty: '' };
  const { value, problems } = check(custom);
  expect(problems).toEqual([]);
  expect(value).toEqual(custom);
  expect(value).not.toBe(custom);
  expect(Object.isFrozen(value)).toBe(true);
  expect(check(Object.assign(Object.create(null), custom)).value).toEqual(custom);
});

test('at most 512 bytes as JSON, counted in UTF-8', () => {
  expect(messages({ a: 'x'.repeat(504) })).toEqual([]);
  expect(messages({ a: 'x'.repeat(505) })).toHaveLength(1);
  expect(messages({ a: 'é'.repeat(252) })).toEqual([]);
  expect(messages({ a: 'é'.repeat(253) })).toHaveLength(1);
  expect(messages({ a: '"'.repeat(253) })).toHaveLength(1);
  const tooLong = ['custom: The additional details take more than 512 bytes; please shorten them.'];
  expect([messages({ a: 'x'.repeat(505) }), messages({ a: 'x'.repeat(512) })]).toEqual([tooLong, tooLong]);
  expect(messages(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, ''])))).toHaveLength(
    1,
  );
});

test('of a hundred thousand invalid values the first 74 are reported, one more than can fit', () => {
  const wrong = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index]));
  expect(messages(wrong)).toHaveLength(74);
});

test.each(['', 'A', 'a b', 'é', 'a.b', 'k'.repeat(65), 'a\n'])('the key %j is refused', (key) => {
  expect(messages({ [key]: 'x', good: 'y' })).toEqual([
    'custom: A key of the additional details must be 1–64 of the characters a–z, 0–9, "_" and "-".',
  ]);
});

test('every wrong value has its own problem', () => {
  const input = { a: 1, b: null, c: ['x'], d: '\ud800', e: 'nul\0', f: 'x'.repeat(513), g: undefined, good: 'x' };
  expect(messages(input)).toEqual([
    'custom.a: The detail "a" must be text.',
    'custom.b: The detail "b" must be text.',
    'custom.c: The detail "c" must be text.',
    'custom.d: The detail "d" contains a broken character.',
    'custom.e: The detail "e" contains a null character.',
    'custom.f: The detail "f" is too long.',
    'custom.g: The detail "g" must be text.',
  ]);
});

test.each([
  undefined,
  null,
  1,
  'a',
  ['a'],
  new Map([['a', 'b']]),
  new Date(0),
  () => 'a',
  Symbol('a'),
  new (class Details {})(),
])('%o is not custom metadata', (value) => {
  expect(messages(value)).toEqual(['custom: The additional details must be an object of short texts.']);
});

describe('T-I2: prototypes stay unchanged', () => {
  test.each(['__proto__', 'constructor', 'prototype'])('the key %s is refused', (key) => {
    const hostile: unknown = JSON.parse(`{"${key}":{"isAdmin":"true"},"good":"x"}`);
    const { value, problems } = check(hostile);
    const message = 'A key of the additional details is a name that JavaScript reserves.';
    expect(problems).toEqual([{ path: 'custom', code: 'CUSTOM_INVALID', message }]);
    expect(Object.keys(value)).toEqual(['good']);
    expect(Reflect.get(value, 'isAdmin')).toBeUndefined();
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test('getters are not called, inherited entries are not read', () => {
    let calls = 0;
    const get = () => {
      calls += 1;
      return 'x';
    };
    const getter = Object.defineProperty({}, 'title', { enumerable: true, get });
    expect(messages(getter)).toEqual(['custom.title: The detail "title" must be text.']);
    expect(calls).toBe(0);
    expect(messages(Object.create({ title: 'x' }))).toEqual([
      'custom: The additional details must be an object of short texts.',
    ]);
  });
});

test('accepted values are unchanged after JSON and within the limit; nothing throws', () => {
  const values = fc.dictionary(
    fc.oneof(fc.stringMatching(/^[a-z0-9_-]{1,8}$/), fc.string()),
    fc.oneof(fc.string({ unit: codePoint }), fc.anything()),
  );
  fc.assert(
    fc.property(fc.oneof(values, fc.anything()), (input) => {
      const { value, problems } = check(input);
      if (problems.length > 0) return;
      expect(JSON.parse(JSON.stringify(value))).toEqual(value);
      expect(utf8ByteLength(JSON.stringify(value))).toBeLessThanOrEqual(512);
      expect(value).toEqual({ ...(input as object) });
    }),
  );
});

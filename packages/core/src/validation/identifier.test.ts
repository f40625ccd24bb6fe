import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { utf8ByteLength } from './canonical-text.ts';
import { canonicalId, validateIdentifier } from './identifier.ts';

const canonical = (value: string) => validateIdentifier('userId', value).value;
const problems = (value: unknown) => validateIdentifier('userId', value).problems;

describe('T-E9: look-alikes', () => {
  test('canonically equal spellings become one id', () => {
    expect(canonical('caf\u00e9')).toBe(canonical('cafe\u0301'));
    expect(canonical('\u212a')).toBe('K');
    expect(canonical('\u1100\u1161')).toBe('\uac00');
  });

  test.each([
    ['U1', 'u1'],
    ['\uff55\uff11', 'u1'],
    ['\ufb00', 'ff'],
    ['а', 'a'],
    ['u1 ', 'u1'],
    ['ß', 'ss'],
    ['1\u200d', '1'],
  ])('%j and %j stay different', (one, two) => {
    expect(problems(one)).toEqual([]);
    expect(canonical(one)).not.toBe(canonical(two));
  });
});

test('`canonicalId` returns the canonical form, or undefined for an invalid id', () => {
  expect(canonicalId('cafe\u0301')).toBe('caf\u00e9');
  expect(canonicalId('x'.repeat(128))).toBe('x'.repeat(128));
  for (const none of ['', 'x'.repeat(129), 'a\nb', '\ud800', 1, null, undefined, ['a']]) {
    expect(canonicalId(none)).toBeUndefined();
  }
});

test('numbers, lists and the like are not ids: only strings are', () => {
  for (const value of [1, 1n, ['1'], { id: '1' }, null, undefined, true, Symbol('1'), new String('1'), () => '1']) {
    expect(validateIdentifier('userId', value)).toEqual({
      value: '',
      problems: [{ path: 'userId', code: 'ID_INVALID', message: 'The id "userId" must be text.' }],
    });
  }
});

test('each message says what is wrong', () => {
  const messageOf = (value: string) => problems(value).map(({ message }) => message);
  expect(messageOf('')).toEqual(['The id "userId" must not be empty.']);
  expect(messageOf('a\ud800')).toEqual(['The id "userId" contains a broken character.']);
  expect(messageOf('a\nb')).toEqual(['The id "userId" must not contain control characters.']);
  expect(messageOf('é'.repeat(65))).toEqual(['The id "userId" must be at most 128 bytes long.']);
});

test('an id of printable ASCII, as most ids are, is not normalized', () => {
  const normalize = vi.spyOn(String.prototype, 'normalize');
  expect([problems(' ~'), problems('a'.repeat(128))]).toEqual([[], []]);
  expect(normalize).not.toHaveBeenCalled();
  expect(problems('é')).toEqual([]);
  expect(normalize).toHaveBeenCalled();
});

test('1–128 bytes of UTF-8 in canonical form', () => {
  expect(problems('')).toHaveLength(1);
  expect(problems('a'.repeat(128))).toEqual([]);
  expect(problems('a'.repeat(129))).toHaveLength(1);
  expect(problems('e\u0301'.repeat(64))).toEqual([]);
  expect(problems('é'.repeat(65))).toHaveLength(1);
  expect(problems('a'.repeat(100_000))).toHaveLength(1);
});

test.each(['a\u0000', 'a\nb', 'a\u001f', 'a\u007f', 'a\u0085', 'a\u2028b', 'a\u202eb', '\u2066a', 'a\ud800', '\udc00'])(
  '%j is refused',
  (value) => {
    expect(problems(value)).toHaveLength(1);
  },
);

test('an accepted id is canonical, bounded, and safe in headers, JSON and URLs', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: codePoint, maxLength: 130 }), fc.string({ unit: 'grapheme', maxLength: 60 })),
      (text) => {
        const { value, problems: found } = validateIdentifier('userId', text);
        if (found.length > 0) return;
        expect(validateIdentifier('userId', value)).toEqual({ value, problems: [] });
        expect(utf8ByteLength(value)).toBeLessThanOrEqual(128);
        expect(decodeURIComponent(encodeURIComponent(value))).toBe(value);
      },
    ),
  );
});

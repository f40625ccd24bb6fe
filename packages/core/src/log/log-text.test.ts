import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { logText } from './log-text.ts';
import { scrub } from './scrub.ts';

test('any text becomes well-formed, without controls and bounded', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\n', '\u202e', '\ud83d', '\udc69', '👩', 'a'),
      fc.string({ unit: codePoint, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 40 }), (given, maxLength) => {
      const result = logText(given, maxLength, scrub);
      expect(result.length).toBeLessThanOrEqual(maxLength);
      expect(result).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u);
    }),
  );
});

test('a pair of surrogates is not cut', () => {
  expect(logText('ab👩cdef', 4, scrub)).toBe('ab…');
  expect(logText('ab👩cdef', 5, scrub)).toBe('ab👩…');
});

test('a credential that extends beyond the cut is masked first', () => {
  expect(logText(`${'x'.repeat(20)} Bearer ${'a1'.repeat(50)} tail`, 41, scrub)).toBe(
    `${'x'.repeat(20)} Bearer REDACTED tail`,
  );
});

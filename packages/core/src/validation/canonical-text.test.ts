import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { canonicalText, fitsInUtf8, utf8ByteLength } from './canonical-text.ts';

test('gives the composed form, measured in bytes of UTF-8', () => {
  expect(canonicalText('e\u0301', 2)).toBe('\u00e9');
  expect(canonicalText('e\u0301', 1)).toBeUndefined();
  expect(canonicalText('\u03b1\u0313\u0300\u0345', 3)).toBe('\u1f82');
  expect(canonicalText('\u{1d160}', 12)).toBe('\u{1d158}\u{1d165}\u{1d16e}');
  expect(canonicalText('\u{1d160}', 11)).toBeUndefined();
  expect(utf8ByteLength('a\u00e9漢😀')).toBe(10);
});

test('the length check before normalizing refuses no text that would fit: no code point has more than 1.5 units for each byte', () => {
  let worst = 0;
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += 1) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
    const character = String.fromCodePoint(codePoint);
    const decomposed = character.normalize('NFD');
    if (decomposed === character && character.normalize('NFC') === character) continue;
    const units = Math.max(character.length, decomposed.length);
    worst = Math.max(worst, units / utf8ByteLength(character.normalize('NFC')));
  }
  expect(worst).toBe(1.5);
});

test('never normalizes a long row of combining marks, which would take quadratic time', () => {
  const text = `a${'\u0301\u0316'.repeat(5_000_000)}`;
  expect(canonicalText(text, 255)).toBeUndefined();
});

test('fitsInUtf8 agrees with the encoder', () => {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: codePoint }),
        units.map((unit) => String.fromCharCode(...unit)),
      ),
      (text) => {
        const bytes = new TextEncoder().encode(text).length;
        for (const maxBytes of [bytes - 1, bytes, bytes + 1, 3 * text.length]) {
          expect(fitsInUtf8(text, maxBytes)).toBe(bytes <= maxBytes);
        }
      },
    ),
  );
});

import { describe, expect, test } from 'vitest';
import { concat } from '../../test-support/boxes.ts';
import { isForeign } from './foreign-content.ts';

const text = (content: string) => new TextEncoder().encode(content);
/** Bytes that are not text, with any text before them. */
const noise = new Uint8Array(100).fill(0x9f);

describe('a file of another kind is recognised by its first bytes', () => {
  test.each(['%PDF-', 'PK\u0003\u0004', 'Rar!\u001a\u0007', '7z\u00bc\u00af\u0027\u001c', '\u007fELF'])(
    '%j',
    (mark) => {
      const bytes = Uint8Array.from(mark, (character) => character.charCodeAt(0));
      expect(isForeign(concat(bytes, noise))).toBe(true);
      expect(isForeign(concat(bytes.subarray(0, -1), noise))).toBe(false);
      expect(isForeign(concat(noise, bytes))).toBe(false);
    },
  );
});

describe('a text', () => {
  test('is UTF-8 whose only control characters are white space', () => {
    expect(isForeign(text(' Grüße, 世界!\t\n\u000b\u000c\r~'))).toBe(true);
    expect(isForeign(new Uint8Array())).toBe(true);
  });

  test.each([0x00, 0x08, 0x0e, 0x1f, 0x7f])('has no control character %d', (code) => {
    expect(isForeign(Uint8Array.of(0x61, code, 0x61))).toBe(false);
  });

  test('is not Latin-1', () => {
    expect(isForeign(Uint8Array.of(0x47, 0x72, 0xfc, 0x73, 0x73, 0x65))).toBe(false);
  });

  test('is checked for 4096 bytes', () => {
    expect(isForeign(concat(text('a'.repeat(4096)), noise))).toBe(true);
    expect(isForeign(concat(text('a'.repeat(4092)), noise))).toBe(false);
  });

  test('may end within a character when the file is longer than that, but not at the end of the file', () => {
    const smile = text('🙂');
    for (const cut of [1, 2, 3]) {
      const until = text('a'.repeat(4096 - cut));
      expect(isForeign(concat(until, smile))).toBe(true);
      expect(isForeign(concat(text('a'), smile.subarray(0, cut)))).toBe(false);
    }
    expect(isForeign(concat(text('a'.repeat(4092)), Uint8Array.of(0xff), text('aaa')))).toBe(false);
  });
});

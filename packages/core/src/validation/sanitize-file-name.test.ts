import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { HOSTILE_TEXT } from '../../test-support/hostile-text.ts';
import { utf8ByteLength } from './canonical-text.ts';
import { validateFileName } from './file-name.ts';
import { sanitizeFileName } from './sanitize-file-name.ts';

/** Any UTF-16 units, any code points, common letters, and the hostile texts concatenated in any order. */
const anyText = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: codePoint, maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(fc.constantFrom(...Object.values(HOSTILE_TEXT), '.', ' ', '.exe', '.mp4', 'CON', '\u0301'), { maxLength: 5 })
    .map((pieces) => pieces.join('')),
);

test('property 8: the result is always a valid name, and sanitizing it again does not change it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const name = sanitizeFileName(text);
      expect(validateFileName('fileName', name)).toEqual({ value: name, problems: [] });
      expect(sanitizeFileName(name)).toBe(name);
      expect(name.normalize('NFC')).toBe(name);
      expect(name).not.toMatch(/\p{Cs}|\p{Cc}|\p{Bidi_Control}/u);
      expect(utf8ByteLength(name)).toBeLessThanOrEqual(255);
    }),
  );
});

test('property 8: a valid name is only brought into its canonical form', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { value, problems } = validateFileName('fileName', text);
      fc.pre(problems.length === 0);
      expect(sanitizeFileName(text)).toBe(value);
    }),
  );
});

test.each([
  ['../../etc/passwd', '_.._etc_passwd'],
  ['C:\\fakepath\\video.mp4', 'C:_fakepath_video.mp4'],
  ['AC/DC live.mp4', 'AC_DC live.mp4'],
  ['invoice.mp4.exe', 'invoice.mp4_exe'],
  ['x.exe.mp4', 'x_exe.mp4'],
  ['node.js.mp4', 'node.js.mp4'],
  ['x.mp4\u202egpj.exe', 'x.mp4gpj_exe'],
  ['CON.mp4', '_CON.mp4'],
  ['  . lecture.mp4 . ', 'lecture.mp4'],
  ['.mp4', 'mp4'],
  ['', 'video'],
  ['...', 'video'],
  ['\u0000\u202e', 'video'],
  ['a\ud800.mp4', 'a\ufffd.mp4'],
  ['e\u200e\u0301.mp4', 'é.mp4'],
])('%j becomes %j', (name, sanitized) => {
  expect(sanitizeFileName(name)).toBe(sanitized);
});

test('a name that is too long is cut at a whole character, keeps its extension, and is checked again', () => {
  expect(sanitizeFileName('a'.repeat(5000))).toBe('a'.repeat(255));
  expect(sanitizeFileName(`${'長'.repeat(2000)}.mp4`)).toBe(`${'長'.repeat(83)}.mp4`);
  expect(sanitizeFileName(`${'😀'.repeat(100)}.webm`)).toBe(`${'😀'.repeat(62)}.webm`);
  expect(sanitizeFileName(`${'a'.repeat(247)}.exe${'b'.repeat(100)}.mp4`)).toBe(`${'a'.repeat(247)}_exe.mp4`);
  expect(sanitizeFileName(`CON${' '.repeat(400)}x.mp4`)).toBe('_CON.mp4');
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { contentDisposition } from './content-disposition.ts';
import { sanitizeFileName } from './sanitize-file-name.ts';

/** A strict reader: RFC 6266 with the quoted-string of RFC 9110 and the ext-value of RFC 8187, in UTF-8 only. */
function readFileName(header: string): string {
  const grammar =
    /^(?:inline|attachment); filename="([ !#-[\]-~]*)"(?:; filename\*=UTF-8''((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+))?$/;
  const [, plain, extended] = grammar.exec(header) ?? [];
  if (plain === undefined) throw new Error(`not a Content-Disposition: ${header}`);
  return extended === undefined ? plain : decodeURIComponent(extended);
}

test.each([
  ['inline', 'lecture 1.mp4', 'inline; filename="lecture 1.mp4"'],
  ['attachment', "it's (1)*.mp4", 'attachment; filename="it\'s (1)*.mp4"'],
  ['attachment', 'Übung.mp4', 'attachment; filename="_bung.mp4"; filename*=UTF-8\'\'%C3%9Cbung.mp4'],
  ['inline', "😀'(*).mp4", "inline; filename=\"_'(*).mp4\"; filename*=UTF-8''%F0%9F%98%80%27%28%2A%29.mp4"],
  ['inline', '100%41.mp4', 'inline; filename="100_41.mp4"; filename*=UTF-8\'\'100%2541.mp4'],
  ['inline', 'say "hi".mp4', 'inline; filename="say _hi_.mp4"; filename*=UTF-8\'\'say%20%22hi%22.mp4'],
] as const)('%s, %s', (kind, fileName, header) => {
  expect(contentDisposition(kind, fileName)).toBe(header);
});

test('property 8: a reader gets the sanitized name back, and Headers takes the value as it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.string({ unit: 'grapheme' }), fc.string()), (text) => {
      const header = contentDisposition('attachment', text);
      expect(readFileName(header)).toBe(sanitizeFileName(text));
      expect(new Headers({ 'content-disposition': header }).get('content-disposition')).toBe(header);
    }),
  );
});

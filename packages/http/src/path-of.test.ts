import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathOf } from './path-of.ts';

test('is the path that the URL parser returns, for any input', () => {
  const piece = fc.constantFrom(
    ...['/', '//', 'a', 'uploads', '..', '.', '%2e', '%2F', '\\', '?', '#', '@', ':', ' ', 'é', '\0'],
  );
  const url = fc
    .tuple(
      fc.constantFrom('http://h', 'https://h:1', 'http://u:p@h', 'http://[::1]', 'h', '', 'http:/'),
      fc.array(piece),
    )
    .map(([origin, pieces]) => origin + pieces.join(''));
  fc.assert(
    fc.property(url, (text) => {
      expect(pathOf(text)).toBe(parsedPath(text));
    }),
    { numRuns: 500 },
  );
});

function parsedPath(text: string): string | undefined {
  try {
    return new URL(text).pathname;
  } catch {
    return undefined;
  }
}

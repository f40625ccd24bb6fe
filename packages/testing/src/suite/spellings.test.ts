import { expect, test } from 'vitest';
import { spellingsOf } from './spellings.ts';

const secret = 'context-canary';
const isShown = (text: string) => spellingsOf(secret).some((spelling) => text.includes(spelling));

test.each(['base64', 'base64url', 'hex', 'utf8'] as const)(
  'a text is found in %s, with any text around it',
  (encoding) => {
    for (const before of ['', '1', '12', '123', '{"a":"'])
      for (const after of ['', '1', '12', '"}'])
        expect(isShown(Buffer.from(`${before}${secret}${after}`).toString(encoding))).toBe(true);
  },
);

test('a text is found when it is escaped for a URL or for JSON', () => {
  const spelt = spellingsOf('a "b"/é');
  expect(spelt).toContain('a%20%22b%22%2F%C3%A9');
  expect(spelt).toContain('a \\"b\\"/é');
});

test('a similar text is not found', () => {
  for (const other of ['context-c', 'my-canary', ''])
    for (const encoding of ['base64', 'hex', 'utf8'] as const)
      expect(isShown(Buffer.from(other).toString(encoding))).toBe(false);
  expect(spellingsOf('ab').filter((spelling) => spelling.length < 4)).toEqual(['ab', 'ab', 'ab', 'ab']);
});

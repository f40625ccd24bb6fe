import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';

test('agrees with Node on any bytes, and reads back what it wrote', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(decodeBase64Url(text)).toEqual(new Uint8Array(bytes));
    }),
  );
});

test('encodes more bytes than a call can have arguments', () => {
  const bytes = new Uint8Array(300_000).map((_, index) => index % 251);
  expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
});

test.each(['Zg==', 'Zh', 'Z', 'Zm9vY', 'Zm 9v', 'Zm9v\n', '+/+/', 'Zm9vZ_', 'é', '\0'])('refuses %j', (text) => {
  expect(decodeBase64Url(text)).toBeUndefined();
});

test('decodes only one text for the same bytes: the one that encoding would return', () => {
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ '.split('');
  const text = fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 });
  fc.assert(
    fc.property(text, (candidate) => {
      const bytes = decodeBase64Url(candidate);
      if (bytes !== undefined) expect(encodeBase64Url(bytes)).toBe(candidate);
    }),
  );
});

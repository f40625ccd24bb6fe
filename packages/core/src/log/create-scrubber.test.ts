import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScrubber } from './create-scrubber.ts';
import { Secret } from './secret.ts';

const ENCODINGS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  base64: (bytes) => bytes.toString('base64'),
  base64url: (bytes) => bytes.toString('base64url'),
  'base64, encoded': (bytes) => encodeURIComponent(bytes.toString('base64')),
  'base64 in JSON that escapes slashes': (bytes) => bytes.toString('base64').replaceAll('/', '\\/'),
  hex: (bytes) => bytes.toString('hex'),
  'hex in capitals': (bytes) => bytes.toString('hex').toUpperCase(),
  'hex as inspect shows it': (bytes) => bytes.toString('hex').replace(/../g, '$& ').trim(),
  'every byte encoded': (bytes) => bytes.toString('hex').replace(/../g, '%$&'),
};
const TEXT_ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  encodeURIComponent,
  'encoded in lower case': (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'form-encoded': (text) => new URLSearchParams([[text, '']]).toString().slice(0, -1),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON twice': (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  'JSON of ASCII only': (text) =>
    text.replace(/[^a-z]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  XML: (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
};

/** Secrets as they are in practice: 12 characters or more, no two the same, of any kind. */
const secretText = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9]{8}$/), fc.string({ unit: 'grapheme', minLength: 4, maxLength: 40 }))
  .map((parts) => parts.join('-'));
const secretBytes = fc.uint8Array({ minLength: 12, maxLength: 80 });
const surrounding = fc.string({ unit: fc.constantFrom(...'ÄÖ漢 .!?\n\t(){}'), maxLength: 20 });

const anyOf = (encodings: object) => fc.constantFrom(...Object.keys(encodings));

describe('property 10: createScrubber', () => {
  test('any secret text, written in any way, is gone and the text around it stays', () => {
    fc.assert(
      fc.property(secretText, surrounding, surrounding, anyOf(TEXT_ENCODINGS), (secret, before, after, encoding) => {
        const written = TEXT_ENCODINGS[encoding]?.(secret);
        expect(createScrubber([new Secret(secret)])(before + written + after)).toBe(`${before}REDACTED${after}`);
      }),
    );
  });

  test('any secret bytes, written in any way, are gone and the text around them stays', () => {
    fc.assert(
      fc.property(secretBytes, surrounding, surrounding, anyOf(ENCODINGS), (bytes, before, after, encoding) => {
        const written = ENCODINGS[encoding]?.(Buffer.from(bytes));
        expect(createScrubber([new Secret(bytes)])(before + written + after)).toBe(`${before}REDACTED${after}`);
      }),
    );
  });

  test('a secret inside a longer value in base64 is gone, at any offset', () => {
    fc.assert(
      fc.property(
        secretBytes,
        fc.uint8Array({ maxLength: 9 }),
        fc.uint8Array({ maxLength: 9 }),
        (bytes, before, after) => {
          const scrub = createScrubber([new Secret(bytes)]);
          const masked = scrub(`x ${Buffer.from([...before, ...bytes, ...after]).toString('base64')} y`);
          const rest = masked.replace('REDACTED', '').slice(2, -2);
          // The digits that remain encode the bytes around the secret, and at most 4 bits of the secret at each end.
          expect(rest.replaceAll('=', '').length).toBeLessThanOrEqual(
            Math.ceil(((before.length + after.length) * 4) / 3) + 2,
          );
          expect(masked).toContain('REDACTED');
        },
      ),
    );
  });

  test('other text is unchanged', () => {
    const scrub = createScrubber([new Secret('s3cr3t-value-of-the-host'), new Secret(new Uint8Array(32).fill(7))]);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uuid(), fc.ipV4(), fc.constantFrom('video', 'a.mp4', 's3cr3t', 'host')), {
          maxLength: 20,
        }),
        (words) => {
          expect(scrub(words.join(' '))).toBe(words.join(' '));
        },
      ),
    );
  });
});

describe('createScrubber', () => {
  test('masks every occurrence of every secret, and what looks like a credential', () => {
    const scrub = createScrubber([new Secret('first-secret'), new Secret('second-secret')]);
    expect(scrub('first-secret second-secret first-secret ?sig=abc')).toBe('REDACTED REDACTED REDACTED ?sig=REDACTED');
  });

  test('masks the longer of two secrets completely when it begins with the other', () => {
    const scrub = createScrubber([new Secret('secret-12'), new Secret('secret-123456')]);
    expect(scrub('a secret-123456 b secret-12 c')).toBe('a REDACTED b REDACTED c');
  });

  test('masks keys of several thousand bytes, in base64 without a gap', () => {
    const key = Uint8Array.from({ length: 3001 }, (_, index) => (index * index * 31 + index * 7) >> 4);
    const scrub = createScrubber([new Secret(key)]);
    for (const encode of ['base64', 'base64url', 'hex', 'latin1'] as const) {
      expect(scrub(`<${Buffer.from(key).toString(encode)}>`)).toMatch(/^<(?:REDACTED)+>$/);
    }
  });

  test('masks long texts of any characters', () => {
    const character = (index: number) => String.fromCodePoint(0x3_0000 - ((index * index * 31) % 0x1_0000));
    const text = Array.from({ length: 500 }, (_, index) => (index % 3 === 0 ? 'ü' : character(index))).join('');
    const scrub = createScrubber([new Secret(text)]);
    for (const encode of Object.values(TEXT_ENCODINGS)) expect(scrub(`<${encode(text)}>`)).toMatch(/^<(?:REDACTED)+>$/);
    for (const encode of Object.values(ENCODINGS)) {
      expect(scrub(`<${encode(Buffer.from(text))}>`)).toMatch(/^<REDACTED(?: ?REDACTED)+>$/);
    }
  });

  test('masks a secret that begins with a byte order mark', () => {
    expect(createScrubber([new Secret('\ufeffsecret-value')])('x \ufeffsecret-value y')).toBe('x REDACTED y');
  });

  test('masks base64 and hexadecimal of a secret that is long enough not to match other text', () => {
    const written = (secret: string) => {
      const bytes = Buffer.from(secret);
      return [bytes.toString('hex'), bytes.toString('base64')].map(createScrubber([new Secret(secret)]));
    };
    expect(written('abcdef')).toEqual(['REDACTED', 'REDACTED']);
    expect(written('abcde')).toEqual(['REDACTED', 'YWJjZGU=']);
    expect(written('abcd')).toEqual(['REDACTED', 'YWJjZA==']);
    expect(written('abc')).toEqual(['616263', 'YWJj']);
  });

  test('does not mask runs of `+`, which stands for a space', () => {
    expect(createScrubber([new Secret('two words')])('+++++++++ two+words')).toBe('+++++++++ REDACTED');
  });

  test.each([
    [479, 1],
    [480, 2],
    [600, 2],
    [720, 3],
  ])('masks a secret of %i bytes in %i pieces, of which the last is never short', (length, pieces) => {
    const digits = Array.from({ length: length - 5 }, (_, index) => ((index * index * 31) % 1009).toString(36).at(-1));
    const secret = `${digits.join('')}video`;
    const scrub = createScrubber([new Secret(secret)]);
    expect(scrub(`a video: ${secret}!`)).toBe(`a video: ${'REDACTED'.repeat(pieces)}!`);
  });

  test.each(['é', '漢', '👩'])('masks %s where a piece of the secret would end inside it', (character) => {
    for (let before = 236; before <= 240; before += 1) {
      const secret = 'a'.repeat(before) + character + 'b'.repeat(300);
      expect(createScrubber([new Secret(secret)])(`<${secret}>`)).toBe('<REDACTEDREDACTED>');
    }
  });

  test('masks secrets that consist of the special characters of regular expressions and escapes', () => {
    const secret = '\\\\\\^$.*+?()[]{}|/-\\"\'&<>%25 \n\u0000';
    const scrub = createScrubber([new Secret(secret)]);
    for (const encode of Object.values(TEXT_ENCODINGS)) expect(scrub(`x ${encode(secret)} y`)).toBe('x REDACTED y');
  });

  test('ignores an empty secret', () => {
    expect(createScrubber([new Secret('')])('nothing to hide')).toBe('nothing to hide');
  });

  test('keeps a copy of the list that was passed', () => {
    const scrub = createScrubber([new Secret('first-secret')]);
    expect(String(scrub) + Object.getOwnPropertyNames(scrub).join()).not.toContain('first-secret');
  });
});

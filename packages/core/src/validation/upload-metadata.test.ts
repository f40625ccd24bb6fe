import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { HOSTILE_TEXT } from '../../test-support/hostile-text.ts';
import { parseUploadMetadata, stringifyUploadMetadata } from './upload-metadata.ts';

const key = fc
  .stringMatching(/^[!-+\--~]{1,128}$/)
  .filter((text) => !['__proto__', 'constructor', 'prototype'].includes(text));
const wellFormed = fc.oneof(
  fc.string({ unit: codePoint }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\ufeffa', '\r\n,\0'),
);
const refused = expect.objectContaining({ code: 'VALIDATION_FAILED' });

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

test('property 9: parse(stringify(m)) = m, in order, and the header is printable ASCII', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(key, wellFormed), { maxLength: 8, selector: ([name]) => name }), (pairs) => {
      const metadata = new Map(pairs);
      const header = stringifyUploadMetadata(metadata);
      expect([...parseUploadMetadata(header)]).toEqual(pairs);
      expect(header).toMatch(/^[ -~]*$/);
      expect(header === '' ? 0 : header.split(',').length).toBe(pairs.length);
      expect(new Headers({ 'upload-metadata': header }).get('upload-metadata')).toBe(header);
    }),
  );
});

test('a header has at most 8,000 characters, written or read', () => {
  const tooLong = [expect.objectContaining({ message: expect.stringContaining('longer than 8000 characters') })];
  const value = 'v'.repeat(5997);
  const longest = stringifyUploadMetadata(new Map([['key', value]]));
  expect(longest).toHaveLength(8000);
  expect([...parseUploadMetadata(longest)]).toEqual([['key', value]]);
  expect(thrownBy(() => stringifyUploadMetadata(new Map([['keys', value]])))).toMatchObject({ problems: tooLong });
  expect(thrownBy(() => parseUploadMetadata(longest.replace('key', 'keys')))).toMatchObject({ problems: tooLong });
});

test('a value longer than any header is refused by a message of its own', () => {
  const messagesOf = (length: number) =>
    thrownBy(() => stringifyUploadMetadata(new Map([['key', 'v'.repeat(length)]])));
  expect(messagesOf(8000)).toMatchObject({ problems: [{ message: expect.stringContaining('longer than 8000') }] });
  expect(messagesOf(8001)).toMatchObject({ problems: [{ message: expect.stringContaining('A value is too long.') }] });
});

test('writes what Cloudflare documents: values in base64, flags alone', () => {
  const metadata = new Map([
    ['maxDurationSeconds', '600'],
    ['requiresignedurls', ''],
    ['expiry', '2024-02-27T07:20:50Z'],
  ]);
  const header = 'maxDurationSeconds NjAw,requiresignedurls,expiry MjAyNC0wMi0yN1QwNzoyMDo1MFo=';
  expect(stringifyUploadMetadata(metadata)).toBe(header);
  expect([...parseUploadMetadata(header)]).toEqual([...metadata]);
  expect([...parseUploadMetadata('flag ')]).toEqual([['flag', '']]);
  expect([...parseUploadMetadata('')]).toEqual([]);
});

describe('T-F3', () => {
  test.each(['', 'a b', 'a,b', 'a\rb', 'a\nb', 'a\tb', 'a\0', 'é', 'a\u007f', '__proto__', 'constructor', 'prototype'])(
    'the key %j is refused, written or read',
    (name) => {
      expect(thrownBy(() => stringifyUploadMetadata(new Map([[name, 'x']])))).toEqual(refused);
      // When a header is read, a comma separates two pairs.
      if (!name.includes(',')) expect(thrownBy(() => parseUploadMetadata(`good eA==,${name} eA==`))).toEqual(refused);
    },
  );

  test('a key of more than 128 characters is refused', () => {
    expect(thrownBy(() => stringifyUploadMetadata(new Map([['a'.repeat(129), 'x']])))).toEqual(refused);
    expect(thrownBy(() => parseUploadMetadata('a'.repeat(129)))).toEqual(refused);
  });

  test('a key that comes twice is refused', () => {
    expect(thrownBy(() => parseUploadMetadata('name eA==,name eQ=='))).toEqual(refused);
    expect(thrownBy(() => parseUploadMetadata('flag,flag'))).toEqual(refused);
  });

  test.each([
    'name eA=',
    'name eA',
    'name eB==',
    'name e===',
    'name e A==',
    'name  eA==',
    'name eA==\n',
    'name _-8=',
    'name /w==',
  ])('%j is refused: a strict encoder would not write it', (header) => {
    expect(thrownBy(() => parseUploadMetadata(header))).toEqual(refused);
  });

  test.each([',', 'a,', ',a', ' ', ' a', 'a, b'])('%j is refused: an empty key', (header) => {
    expect(thrownBy(() => parseUploadMetadata(header))).toEqual(refused);
  });

  test('a broken character and more than 8 000 characters are refused', () => {
    expect(thrownBy(() => stringifyUploadMetadata(new Map([['name', '\ud800']])))).toEqual(refused);
    expect(thrownBy(() => stringifyUploadMetadata(new Map([['name', 'a'.repeat(6000)]])))).toEqual(refused);
    expect(thrownBy(() => stringifyUploadMetadata(new Map([['name', 'a'.repeat(1_000_000)]])))).toEqual(refused);
    expect(thrownBy(() => parseUploadMetadata('a'.repeat(8001)))).toEqual(refused);
    expect(stringifyUploadMetadata(new Map([['name', 'a'.repeat(5900)]]))).toHaveLength(7873);
  });

  test('every problem at once', () => {
    const metadata = new Map([
      ['a b', 'x'],
      ['__proto__', 'x'],
      ['name', '\ud800'],
    ]);
    expect(thrownBy(() => stringifyUploadMetadata(metadata))).toMatchObject({ problems: { length: 3 } });
    expect(thrownBy(() => parseUploadMetadata('é,name e,name,name'))).toMatchObject({ problems: { length: 3 } });
  });

  test('hostile header values are parsed or refused with a ValidationError, nothing else', () => {
    for (const text of Object.values(HOSTILE_TEXT)) {
      const error = thrownBy(() => parseUploadMetadata(text));
      expect(error === 'nothing was thrown' || (error as { code?: unknown }).code === 'VALIDATION_FAILED').toBe(true);
    }
  });
});

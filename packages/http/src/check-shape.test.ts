import { describe, expect, test } from 'vitest';
import { checkHeaders } from './check-headers.ts';
import { checkShape } from './check-shape.ts';

const refuses = (value: unknown) =>
  expect(() => checkShape(value)).toThrow(expect.objectContaining({ code: 'BODY_INVALID' }));
const accepts = (value: unknown) => expect(() => checkShape(value)).not.toThrow();
const keyed = (count: number, from = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${from + index}`, 1]));
/** A value nested in this many lists and objects. */
const nested = (depth: number) => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

describe('T-I3 the shape of a body', () => {
  test('20 levels are accepted, 21 are not; 200 000 cause no stack overflow', () => {
    accepts(nested(20));
    refuses(nested(21));
    refuses(JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`));
  });

  test('100 keys are accepted, 101 are not, at any depth', () => {
    accepts(keyed(100));
    refuses(keyed(101));
    accepts([keyed(50), keyed(50, 50)]);
    refuses([keyed(50), keyed(51, 50)]);
    refuses({ a: keyed(60), b: { c: keyed(60) } });
  });

  test('10 000 items of lists are accepted, 10 001 are not; they do not count as keys', () => {
    accepts(Array.from({ length: 10_000 }, () => 1));
    refuses(Array.from({ length: 10_001 }, () => 1));
    refuses([Array.from({ length: 9999 }, () => 1), [1, 2]]);
  });

  test('T-I2 keys that name a prototype are refused at any depth; the same words as values are accepted', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      refuses(JSON.parse(`{"${key}":1}`));
      refuses(JSON.parse(`[[{"a":{"${key}":1}}]]`));
      accepts({ a: key });
    }
    for (const value of [null, 'x', 1, true, [], {}]) accepts(value);
  });
});

test('100 header fields are accepted, one more is not', () => {
  const many = (count: number) =>
    new Request('https://h', { headers: Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'x'])) });
  expect(() => checkHeaders(many(100))).not.toThrow();
  expect(() => checkHeaders(many(101))).toThrow(expect.objectContaining({ code: 'HEADERS_TOO_LARGE' }));
});

// Each character of a field is one byte when it is sent, also outside ASCII.
test.each(['y', '\u00ff'])('16 KiB of header fields are accepted, one byte more is not: of %s', (character) => {
  const sized = (bytes: number) => new Request('https://h', { headers: { x: character.repeat(bytes - 1) } });
  expect(() => checkHeaders(sized(16_384))).not.toThrow();
  expect(() => checkHeaders(sized(16_385))).toThrow(expect.objectContaining({ code: 'HEADERS_TOO_LARGE' }));
});

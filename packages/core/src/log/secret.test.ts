import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { Secret } from './secret.ts';

const CANARY = 'canary/9f+3 "ü"';
const bytes = new TextEncoder().encode(CANARY);
const encodings = [
  CANARY,
  'canary',
  Buffer.from(bytes).toString('base64'),
  Buffer.from(bytes).toString('base64url'),
  Buffer.from(bytes).toString('hex'),
  Buffer.from(bytes).toString('hex').replace(/../g, '$& ').trim(),
  encodeURIComponent(CANARY),
  JSON.stringify(CANARY).slice(1, -1),
  [...bytes].join(','),
  [...bytes].join(', '),
];

function expectClean(text: string): void {
  for (const encoding of encodings) expect(text).not.toContain(encoding);
}

describe.each([
  ['text', new Secret(CANARY)],
  ['bytes', new Secret(bytes)],
])('T-H1: a secret created from %s', (_, secret) => {
  test('returns its bytes from `reveal`', () => {
    expect(secret.reveal()).toEqual(bytes);
  });

  test('shows the same mask as text, JSON and in inspect', () => {
    expect(`${secret}`).toBe('[secret]');
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect(inspect(secret)).toBe('[secret]');
  });

  test('shows itself nowhere', () => {
    const error = Object.assign(new Error(`failed with ${secret}`, { cause: secret }), { secret, secrets: [secret] });
    const shown = [
      `${secret}`,
      `token=${String(secret)}`,
      ['a', secret].join(),
      JSON.stringify({ deep: { secret } }),
      JSON.stringify(error, Object.getOwnPropertyNames(error)),
      JSON.stringify(Object.entries({ ...secret })),
      JSON.stringify(Object.getOwnPropertyNames(secret)),
      JSON.stringify(structuredClone(secret)),
      JSON.stringify(Object.assign({}, secret)),
      inspect(secret, { showHidden: true, depth: Number.POSITIVE_INFINITY }),
      inspect(secret, { showHidden: true, depth: Number.POSITIVE_INFINITY, customInspect: false }),
      inspect({ deep: [new Map([[secret, secret]])] }, { showHidden: true, depth: Number.POSITIVE_INFINITY }),
      inspect(error, { showHidden: true, depth: Number.POSITIVE_INFINITY, customInspect: false }),
      inspect(structuredClone(secret), { showHidden: true }),
      String(error.stack),
      String(Reflect.ownKeys(secret).length),
    ];
    for (const text of shown) expectClean(text);
  });
});

describe('Secret', () => {
  test('keeps its own copy: overwriting the input or the output does not change it', () => {
    const given = new Uint8Array([1, 2, 3]);
    const secret = new Secret(given);
    given.fill(0);
    secret.reveal().fill(0);
    expect([...secret.reveal()]).toEqual([1, 2, 3]);
  });

  test('takes Buffers, views of a part of a buffer, and bytes of another realm', () => {
    expect([...new Secret(Buffer.from('ab')).reveal()]).toEqual([97, 98]);
    expect([...new Secret(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)).reveal()]).toEqual([2, 3]);
    const foreign: Uint8Array = runInNewContext('new Uint8Array([7, 8])');
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    expect([...new Secret(foreign).reveal()]).toEqual([7, 8]);
  });

  test.each([undefined, null, 42, {}, [1, 2], new DataView(new ArrayBuffer(2))])('refuses %s', (value) => {
    expect(() => Reflect.construct(Secret, [value])).toThrow(ConfigurationError);
  });
});

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { Secret } from '../log/secret.ts';
import { checkOptions, nestedOptions, optionsError } from './check-options.ts';
import { functionOption, optional, optionOf, resultOf, schemaOf, wholeNumber } from './option-of.ts';
import type { OptionSchema } from './option-schema.ts';
import { secretListOption, secretOption } from './secret-option.ts';

interface Options {
  readonly folder: string;
  readonly retries?: number | undefined;
  readonly prices?: { readonly asOf: string; readonly storage?: number | undefined } | undefined;
}

const text = optionOf((value): value is string => typeof value === 'string', 'must be text');
const schemas = {
  folder: text,
  retries: optional(wholeNumber(0, 10, 'times')),
  prices: optional(nestedOptions({ asOf: text, storage: optional(wholeNumber(0, 9)) })),
};
const check = (options: unknown) => checkOptions<Options, typeof schemas>('Shelf', options as Options, schemas);

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary');
    return error instanceof Error ? error.message : '';
  }
  return 'taken';
}

describe('one check of options', () => {
  test('returns the values of the schemas, for known names only', () => {
    expect(check({ folder: 'a' })).toEqual({ folder: 'a', retries: undefined, prices: undefined });
    expect(check({ folder: 'a', retries: 3, prices: { asOf: 'b' } })).toEqual({
      ...{ folder: 'a', retries: 3 },
      prices: { asOf: 'b', storage: undefined },
    });
  });

  test.each<[string, unknown, string]>([
    ['a name similar to a known one', { folder: 'a', retrys: 1 }, '`retrys` is not an option; do you mean `retries`?'],
    [
      'a name similar to none',
      { folder: 'a', zebra: 1 },
      '`zebra` is not an option; the options are folder, retries, prices.',
    ],
    [
      'a name that is undefined',
      { folder: 'a', retrys: undefined },
      '`retrys` is not an option; do you mean `retries`?',
    ],
    ['a wrong value', { folder: 'a', retries: 11 }, '`retries` must be a whole number of times from 0 to 10.'],
    ['a missing value', {}, '`folder` must be text.'],
    ['null', { folder: null }, '`folder` must be text.'],
    [
      'all at once',
      { foldre: 'canary', retries: 'canary' },
      '`foldre` is not an option; do you mean `folder`? `folder` must be text. `retries` must be a whole number of times from 0 to 10.',
    ],
    [
      'names inside of an option',
      { folder: 'a', prices: { asof: 'canary' } },
      '`prices.asof` is not an option; do you mean `asOf`? `prices.asOf` must be text.',
    ],
    ['an option that must be an object', { folder: 'a', prices: [] }, '`prices` must be an object of asOf, storage.'],
  ])('%s is refused by its name, with how to fix it', (_name, options, sentences) => {
    expect(messageOf(() => check(options))).toBe(`Shelf: ${sentences}`);
  });

  test.each([undefined, null, 1, 'folder', [], () => 1])('%s is not an object of options', (options) => {
    expect(messageOf(() => check(options))).toBe('Shelf: Pass its options as an object.');
  });

  test('a name with control characters is escaped, and a long one is cut', () => {
    const message = messageOf(() => check({ folder: 'a', [`\n\u202e${'z'.repeat(1000)}`]: 1 }));
    expect(message).toContain(`\\u000a\\u202e${'z'.repeat(62)}\` is not`);
  });

  test('names of `Object.prototype` do not count as known', () => {
    expect(messageOf(() => check({ folder: 'a', toString: 1 }))).toContain('`toString` is not an option');
    expect(messageOf(() => check(JSON.parse('{"folder":"a","__proto__":1}')))).toContain(
      '`__proto__` is not an option',
    );
  });

  test('bounds of a whole number', () => {
    const number = wholeNumber(1, 3);
    for (const value of [1, 3]) expect(resultOf(number, value)).toEqual({ value });
    for (const value of [0, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, null]) {
      expect(resultOf(number, value)).toEqual({ issues: [{ message: 'must be a whole number from 1 to 3' }] });
    }
  });

  test('functions of any kind are accepted as a function', () => {
    const schema = functionOption('must be a function');
    for (const value of [() => 1, class {}, async () => 1]) expect(resultOf(schema, value)).toEqual({ value });
    expect(resultOf(schema, {})).toEqual({ issues: [{ message: 'must be a function' }] });
  });

  test('a schema of a library works: its outputs, its paths, and unknown names', () => {
    const foreign: OptionSchema<number> = {
      '~standard': {
        ...{ version: 1, vendor: 'zod' },
        validate: (value: unknown) =>
          value === 'x'
            ? {
                issues: [
                  { message: 'Unrecognized key', path: [{ key: 'a' }], keys: ['b', 'c'] },
                  { message: 'no', path: [0] },
                  { message: 'is not as a.b is', keys: 'none' },
                ],
              }
            : { value: 7 },
      },
    } as const;
    expect(checkOptions<{ one: string }, { one: typeof foreign }>('Shelf', { one: 'y' }, { one: foreign })).toEqual({
      one: 7,
    });
    expect(
      messageOf(() => checkOptions<{ one: string }, { one: typeof foreign }>('Shelf', { one: 'x' }, { one: foreign })),
    ).toBe('Shelf: `one.a.b` is not an option. `one.a.c` is not an option. `one.0` no. `one` is not as a.b is.');
  });

  test('an asynchronous schema is an error in the program', () => {
    const later = { '~standard': { version: 1, vendor: 'x', validate: async () => ({ value: 1 }) } } as const;
    expect(() => checkOptions<{ one: number }, { one: typeof later }>('Shelf', { one: 1 }, { one: later })).toThrow(
      'must not be asynchronous',
    );
  });

  test('`optional` accepts undefined in addition, and nothing else', () => {
    const schema = optional(schemaOf(() => ({ issues: [{ message: 'never' }] })));
    expect(resultOf(schema, undefined)).toEqual({ value: undefined });
    expect(resultOf(schema, null)).toEqual({ issues: [{ message: 'never' }] });
  });

  test('options that contradict one another are reported in the same style', () => {
    expect(optionsError('Shelf', [{ path: ['prices', 'asOf'], message: 'is needed beside a price' }]).message).toBe(
      'Shelf: `prices.asOf` is needed beside a price.',
    );
  });
});

describe('secrets', () => {
  const one = secretOption();
  const list = secretListOption({ min: 1, max: 2, minBytes: 32 });
  const problem = (schema: OptionSchema<unknown>, value: unknown) => resultOf(schema, value).issues?.[0];

  test('text and Secrets become Secrets', () => {
    const secret = new Secret('s');
    expect(resultOf(one, secret)).toEqual({ value: secret });
    const { value } = resultOf(one, 'abc') as { readonly value: Secret };
    expect(new TextDecoder().decode(value.reveal())).toBe('abc');
    expect(resultOf(list, ['x'.repeat(32), new Secret('y'.repeat(32))])).toHaveProperty('value.length', 2);
  });

  test.each(['', undefined, new Secret('')])(
    'an empty one (%s) is refused with a hint at the environment variable',
    (value) => {
      expect(problem(one, value)?.message).toBe('is empty; is its environment variable set?');
    },
  );

  test.each([null, 1, {}, { reveal: () => new Uint8Array(32) }, new Uint8Array(32)])('%s is not a secret', (value) => {
    expect(problem(one, value)?.message).toBe('must be text or a Secret');
  });

  test('a published sample is refused, with how to make a secret', () => {
    expect(problem(list, ['from your environment'])).toEqual({
      path: [0],
      message: expect.stringMatching(/^is a published sample, so anybody can sign with it\. Make one with: node -p /),
    });
  });

  test('a token that is too short is refused with a hint at its provider', () => {
    const token = secretOption({ minBytes: 31 });
    expect(problem(token, 'short')?.message).toBe('must have at least 31 bytes; Ask its provider for one');
  });

  test('31 bytes are too few, 32 enough; the message says how to make one', () => {
    expect(problem(list, ['x'.repeat(31)])).toEqual({
      path: [0],
      message: expect.stringMatching(/^must have at least 32 bytes; Make one with: node -p /),
    });
    expect(problem(list, ['ü'.repeat(16)])).toBeUndefined();
  });

  test.each<[unknown, string]>([
    [[], 'must hold at least one secret; Make one with: node -p'],
    [['a', 'b', 'c'], 'must hold at most 2 secrets'],
    ['x'.repeat(40), 'must be a list of secrets'],
    [undefined, 'must be a list of secrets'],
  ])('%j: %s', (value, message) => {
    expect(problem(list, value)?.message).toContain(message);
  });

  test('a problem has its index', () => {
    expect(problem(list, ['x'.repeat(32), ''])).toEqual({ path: [1], message: expect.stringContaining('is empty') });
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Logger } from './log/logger.ts';
import { MemoryRateLimitStore } from './rate-limit/memory-rate-limit-store.ts';
import { RateLimiter } from './rate-limit/rate-limiter.ts';
import { RetryHandler } from './retry/retry-handler.ts';
import { Validator } from './validation/validator.ts';

const makers: Readonly<Record<string, (options: object) => unknown>> = {
  Validator: (options) => new Validator(options),
  RateLimiter: (options) => new RateLimiter(options),
  MemoryRateLimitStore: (options) => new MemoryRateLimitStore(options),
  RetryHandler: (options) => new RetryHandler(options),
  Logger: (options) => new Logger(options),
};

interface Row {
  readonly owner: string;
  readonly option: string;
  readonly min: number;
  /** Undefined = no upper bound. */
  readonly max: number | undefined;
}

/** Rows of the README's table of options whose limits are numbers: `1 to 10`, `From 1`. */
function documentedRows(): readonly Row[] {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, table = ''] = /^\| Option \| Default \| Limits \|\n\|[-| ]+\|\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  let owner = '';
  return table.split('\n').flatMap((line): Row[] => {
    const [, first = '', , limits = ''] = line.split('|').map((cell) => cell.trim());
    const names = [...first.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    if (first.includes('`: `')) owner = names.shift() ?? '';
    const [, from, to] = /^(?:From )?(\d[\d ]*?)(?: to (\d[\d ]*\d))?$/.exec(limits) ?? [];
    const [option] = names;
    if (from === undefined || option === undefined) return [];
    const numberOf = (text: string) => Number(text.replaceAll(' ', ''));
    return [{ owner, option, min: numberOf(from), max: to === undefined ? undefined : numberOf(to) }];
  });
}

const rows = documentedRows();

test('the README states limits for each class that has some', () => {
  expect(rows.map(({ owner, option }) => `${owner}.${option}`)).toEqual([
    ...['Validator.maxSizeBytes', 'Validator.maxDurationSeconds', 'RateLimiter.storeTimeoutMs'],
    ...['MemoryRateLimitStore.maxKeys', 'RetryHandler.maxAttempts', 'RetryHandler.attemptTimeoutMs'],
    ...['RetryHandler.budgetTokens', 'Logger.maxPending'],
  ]);
});

describe.each(rows)('the limits of $option of $owner are those of the README', ({ owner, option, min, max }) => {
  const made = (value: number) => () => makers[owner]?.({ [option]: value });

  test('the smallest value is accepted, and one less is refused', () => {
    expect(made(min)()).toBeDefined();
    expect(made(min - 1)).toThrow(option);
  });

  test.runIf(max !== undefined)('the largest value is accepted, and one more is refused', () => {
    expect(made(max ?? 0)()).toBeDefined();
    expect(made((max ?? 0) + 1)).toThrow(option);
  });
});

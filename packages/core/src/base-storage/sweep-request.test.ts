import { expect, test } from 'vitest';
import { toSweepRequest, UNCONFIRMABLE_AFTER_MS } from './sweep-request.ts';

test('by default a sweep examines 1 000 items and is no dry run; every other option is kept', () => {
  expect(toSweepRequest({})).toEqual({ limit: 1000, dryRun: false });
  expect(toSweepRequest({ limit: 1 })).toEqual({ limit: 1, dryRun: false });
  const options = { limit: 10_000, dryRun: true, requestId: 'r-1', timeoutMs: 50 };
  expect(toSweepRequest(options)).toEqual(options);
});

test.each([0, -1, 1.5, 10_001, Number.NaN])('a sweep with the limit %s is refused, with how to fix it', (limit) => {
  const message = '`limit` must be a whole number from 1 to 10000.';
  expect(() => toSweepRequest({ limit })).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_FAILED',
      problems: [{ path: 'limit', code: 'OPTION_INVALID', message }],
    }),
  );
});

test.each([
  ['dryrun', { dryrun: true }, '`dryrun` is not an option; do you mean `dryRun`?'],
  ['dryRun', { dryRun: 'yes' }, '`dryRun` must be true or false.'],
  ['dryRun', { dryRun: null }, '`dryRun` must be true or false.'],
])(
  'a sweep with a misspelt or invalid `%s` is refused: %j might free what it was only meant to count',
  (path, options, message) => {
    expect(() => toSweepRequest(Object(options))).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', problems: [{ path, code: 'OPTION_INVALID', message }] }),
    );
  },
);

test.each([null, [], 'all'])('a sweep with the options %j is refused', (options) => {
  const problems = [{ path: '', code: 'OPTION_INVALID', message: 'The options must be an object.' }];
  expect(() => toSweepRequest(JSON.parse(JSON.stringify(options)))).toThrow(expect.objectContaining({ problems }));
});

test('the sweep’s age limit is two days, the longest lifetime of a reference', () => {
  expect(UNCONFIRMABLE_AFTER_MS).toBe(172_800_000);
});

import * as vitest from 'vitest';
import { describe, expect, test } from 'vitest';
import { findTestRunner } from './find-test-runner.ts';

/** Two functions that record their arguments. */
function noting() {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      calls.push([name, ...args]);
  return { calls, note };
}

describe('findTestRunner', () => {
  test.each(['test', 'it'])('uses the globals of Jest, Mocha and Vitest: describe and %s', async (testName) => {
    const { calls, note } = noting();
    const runner = findTestRunner({ describe: note('describe'), [testName]: note('test') });
    const [define, run] = [() => {}, async () => {}];
    runner?.describe('a group', define);
    runner?.test('a test', run);
    expect(calls).toEqual([
      ['describe', 'a group', define],
      ['test', 'a test', run],
    ]);
  });

  test('prefers the globals, and finds Vitest when there are none', () => {
    const { calls, note } = noting();
    const globals = { describe: note('global'), test: note('global'), __vitest_index__: vitest };
    findTestRunner(globals)?.test('a test', async () => {});
    expect(calls).toHaveLength(1);
    expect(Reflect.get(globalThis, 'describe')).toBeUndefined();
    expect(findTestRunner()).toBeDefined();
    expect(Reflect.get(globalThis, '__vitest_index__')).toMatchObject({ describe: vitest.describe, test: vitest.test });
  });

  test.each([{}, { describe() {} }, { test() {} }, { describe: 1, test: 2 }, { __vitest_index__: 7 }])(
    'finds none in %s',
    (globals) => {
      expect(findTestRunner(globals)).toBeUndefined();
    },
  );
});

import type { TestRunner } from './test-runner.ts';

/**
 * Finds the test runner of this process: global `describe` and `test` (or `it`), which Jest and Mocha set, and Vitest on
 * request; else the functions that Vitest keeps internally; else `node:test`, when Node runs tests. Undefined when there is none.
 */
export function findTestRunner(globals: object = globalThis): TestRunner | undefined {
  return asRunner(globals) ?? asRunner(Reflect.get(globals, '__vitest_index__')) ?? nodeRunner();
}

function asRunner(value: unknown): TestRunner | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const describe: unknown = Reflect.get(value, 'describe');
  const test: unknown = Reflect.get(value, 'test') ?? Reflect.get(value, 'it');
  if (typeof describe !== 'function' || typeof test !== 'function') return undefined;
  return {
    describe: (name, define) => Reflect.apply(describe, undefined, [name, define]),
    test: (name, run) => Reflect.apply(test, undefined, [name, run]),
  };
}

/** Loaded only when Node runs tests: loading `node:test` anywhere else starts a test report. */
function nodeRunner(): TestRunner | undefined {
  return process.env['NODE_TEST_CONTEXT'] === undefined ? undefined : process.getBuiltinModule('node:test');
}

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as vitest from 'vitest';
import { describe, expect, test } from 'vitest';
import { findTestRunner } from './find-test-runner.ts';

const PROGRAM = fileURLToPath(new URL('../../test-support/node-test-program.ts', import.meta.url));

/** Two functions that note what they are called with. */
function noting() {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      calls.push([name, ...args]);
  return { calls, note };
}

describe('findTestRunner', () => {
  test.each(['test', 'it'])('takes the globals of Jest, Mocha and Vitest: describe and %s', async (testName) => {
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

  test('prefers the globals, and finds Vitest where there are none', () => {
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

  test('under node --test the suite finds its runner', async () => {
    const { said } = await runNode(['--test', '--test-reporter=tap', PROGRAM]);
    expect(said).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(said)?.[1])).toBeGreaterThan(40);
    expect(said).toContain('# SKIP the subject has no clock');
  }, 60_000);

  test('in a process without a runner the error says what to pass', async () => {
    const { said, exitCode } = await runNode([PROGRAM]);
    expect(said).toContain('Pass `runner: { describe, test }`');
    expect(exitCode).toBe(1);
  }, 60_000);
});

function runNode(args: readonly string[]): Promise<{ readonly said: string; readonly exitCode: number | null }> {
  return new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _options, ...env } = process.env;
    const child = spawn(process.execPath, ['--conditions=@videostorage/source', ...args], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ said, exitCode }));
  });
}

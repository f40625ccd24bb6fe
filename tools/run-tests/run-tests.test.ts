import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TestService } from '../services/running-service.ts';
import { WorkspaceFixture } from '../test-support/workspace-fixture.ts';
import { ChildPrograms } from './child-programs.ts';
import { runFullTests } from './run-full-tests.ts';
import { runUnitTests } from './run-unit-tests.ts';
import { byProject, testFilesOf } from './test-files.ts';

const passing = "import { test } from 'vitest';\ntest('passes', () => undefined);\n";
const failing = "import { test } from 'vitest';\ntest('fails', () => { throw new Error('no'); });\n";

let workspace: WorkspaceFixture;
let printed: string[];
beforeEach(() => {
  workspace = new WorkspaceFixture();
  printed = [];
  vi.spyOn(console, 'error').mockImplementation((line) => printed.push(line));
  vi.spyOn(console, 'log').mockImplementation((line) => printed.push(line));
});
afterEach(() => workspace.dispose());

/** Replaces vitest: writes a report of the given files, or none, and exits with the given code. */
function reporting(files: readonly string[] | undefined, exitCode = 0) {
  const run = vi.fn(async (_file: string, _args: readonly string[], { folder = '.', environment = {} } = {}) => {
    if (files === undefined) return exitCode;
    const testResults = files.map((name) => ({
      name: join(workspace.root, name),
      ...{ status: 'passed', assertionResults: [{ status: 'passed' }] },
    }));
    const report = {
      numPassedTests: files.length,
      numPendingTests: 0,
      numTodoTests: 1,
      testResults,
    };
    const kind = environment['VIDEOSTORAGE_TESTS'] ?? 'unit';
    mkdirSync(join(workspace.root, folder, '.test-report'), { recursive: true });
    writeFileSync(join(workspace.root, folder, `.test-report/${kind}.json`), JSON.stringify(report));
    return exitCode;
  });
  return { run };
}

test('test files are those of packages, examples and tools, of one kind, by the folder of their configuration', () => {
  const of = (kind: 'unit' | 'full') => {
    const end = kind === 'full' ? '.full.test.ts' : '.test.ts';
    return ['packages/a/src/deep/x', 'examples/b/src/x', 'tools/c/x'].map((name) => `${name}${end}`);
  };
  for (const file of [...of('unit'), ...of('full'), 'packages/a/src/x.ts', 'docs/x.test.ts']) workspace.write(file, '');
  expect(testFilesOf(workspace.root, 'full').toSorted()).toEqual(of('full').toSorted());
  expect(byProject(testFilesOf(workspace.root, 'unit'))).toEqual(
    new Map(of('unit').map((file, index) => [['packages/a', 'examples/b', 'tools'][index], [file]])),
  );
});

describe('unit tests', () => {
  test('pass arguments on to vitest, and then expect no file in particular', async () => {
    workspace.writePackage('good', { 'a.test.ts': passing });
    const vitest = reporting([]);
    expect(await runUnitTests(workspace.root, vitest, ['packages/good'])).toEqual({
      passed: 0,
      failures: [],
      skipped: 1,
    });
    expect(vitest.run).toHaveBeenCalledWith('node_modules/.bin/vitest', ['run', 'packages/good'], expect.anything());
  });

  test('do not count the report of an earlier run', async () => {
    await reporting(['packages/good/src/a.test.ts']).run('', [], {});
    expect(await runUnitTests(workspace.root, reporting(undefined, 1), [])).toEqual({
      passed: 0,
      failures: ['vitest left no report in .: it crashed'],
      skipped: 0,
    });
  });
});

describe('full tests', () => {
  const good = 'packages/good/src/a.full.test.ts';
  beforeEach(() => {
    workspace.writePackage('good', { 'a.full.test.ts': passing, 'b.test.ts': failing });
    workspace.writePackage('other', { 'a.test.ts': failing });
  });
  const service = (stop: () => void): TestService => ({
    name: 'oracle',
    packages: [],
    start: async () => ({ environment: { ORACLE: 'speaks' }, stop: async () => stop() }),
  });
  const absent: TestService = {
    name: 'absent',
    packages: [],
    start: () => Promise.reject(new Error('not available')),
  };
  const run = (
    programs: ReturnType<typeof reporting>,
    services: readonly TestService[],
    isCi = true,
    names = ['good'],
  ) => runFullTests({ root: workspace.root, programs, services, names, isCi });

  test('get the address of a service, in their own folder, and nothing runs without full tests', async () => {
    const vitest = reporting([good]);
    expect(await run(vitest, [service(() => undefined)], true, [])).toEqual({ passed: 1, failures: [], skipped: 1 });
    const environment = { ORACLE: 'speaks', VIDEOSTORAGE_TESTS: 'full' };
    expect(vitest.run.mock.calls).toEqual([
      ['node_modules/.bin/vitest', ['run'], { folder: 'packages/good', environment }],
    ]);
    expect(existsSync(join(workspace.root, 'packages/other/.test-report'))).toBe(false);
  });

  test.each([
    ['fail', reporting([good], 1), 'vitest failed in packages/good, although no test did'],
    ['do not run', reporting([]), `${good} did not run`],
  ])('that %s are a failure, and the service is stopped', async (_, vitest, complaint) => {
    const stop = vi.fn();
    expect(await run(vitest, [service(stop)])).toMatchObject({ failures: [complaint] });
    expect(stop).toHaveBeenCalledOnce();
  });

  test.each(['godo', 'ood', 'other'])('of %s, which has none, are an error before a service starts', async (name) => {
    const start = vi.fn();
    const never = { name: 'never', packages: [], start };
    await expect(run(reporting([]), [never], true, ['good', name])).rejects.toThrow(
      `no full tests in ${name}; there are some in packages/good`,
    );
    expect(start).not.toHaveBeenCalled();
  });

  test('of only the named projects run', async () => {
    workspace.writePackage('more', { 'a.full.test.ts': failing });
    const vitest = reporting([good]);
    await run(vitest, [], true, ['packages/good']);
    expect(vitest.run).toHaveBeenCalledOnce();
  });

  test('report a service that is missing, and fail for it in CI alone', async () => {
    expect(await run(reporting([good]), [absent], false)).toMatchObject({ failures: [] });
    expect(await run(reporting([good]), [absent], true)).toMatchObject({
      failures: ['absent is missing: not available'],
    });
    expect(printed).toContain('absent is missing: not available');
  });
});

test('a program that prints at its end prints all of it then, errors too', async () => {
  workspace.write('prints.ts', "console.log('one');\nconsole.error('two');\nprocess.exitCode = 3;\n");
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  expect(await new ChildPrograms(workspace.root).run('prints.ts', [], { printsAtEnd: true })).toBe(3);
  expect(written.mock.calls.map(([text]) => text)).toEqual(['one\n', 'two\n']);
});

test('a program that is stopped ends, and no other starts', async () => {
  const programs = new ChildPrograms(workspace.root, 'ignore');
  workspace.write('waits.ts', 'setInterval(() => undefined, 1e6);\n');
  const running = programs.run('waits.ts', []);
  programs.stop();
  expect(await running).not.toBe(0);
  expect(await programs.run('waits.ts', [])).toBe(1);
});

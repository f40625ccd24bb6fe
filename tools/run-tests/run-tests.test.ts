import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TestService } from '../services/running-service.ts';
import { ChildPrograms } from './child-programs.ts';
import { runFullTests } from './run-full-tests.ts';
import { runUnitTests } from './run-unit-tests.ts';
import { WorkspaceFixture } from './workspace-fixture.ts';

const passing = "import { test } from 'vitest';\ntest('passes', () => undefined);\n";
const failing = "import { test } from 'vitest';\ntest('fails', () => { throw new Error('no'); });\n";
const timeout = 120_000;

let workspace: WorkspaceFixture;
let told: string[];
beforeEach(() => {
  workspace = new WorkspaceFixture();
  // Under Nx these tests carry its variables, and the Nx that they start would take ours for its workspace.
  for (const name of Object.keys(process.env)) if (name.startsWith('NX_')) vi.stubEnv(name, undefined);
  told = [];
  vi.spyOn(console, 'error').mockImplementation((line) => told.push(line));
  vi.spyOn(console, 'log').mockImplementation((line) => told.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  workspace.dispose();
});

describe('unit tests', () => {
  test(
    'count what passed and failed, and as failures a file that cannot be loaded and a run that crashed',
    async () => {
      workspace.writePackage('good', { 'a.test.ts': passing, 'b.full.test.ts': failing });
      workspace.writePackage('bad', { 'a.test.ts': passing + failing.replace(/^.*\n/, '') });
      workspace.writePackage('empty', { 'index.ts': 'export {};' });
      workspace.writePackage('broken', { 'a.test.ts': "import './not-there.ts';\n" });
      workspace.writePackage('typed', {
        'a.test-d.ts':
          "import { expectTypeOf, test } from 'vitest';\ntest('t', () => expectTypeOf<1>().toEqualTypeOf<2>());\n",
      });
      workspace.writePackage('before', {
        'a.test.ts':
          "import { beforeAll, test } from 'vitest';\nbeforeAll(() => { throw new Error(); });\ntest('a', () => {});\n",
      });
      workspace.writePackage('crashed', { 'a.test.ts': passing });
      workspace.write('packages/crashed/vitest.config.ts', "throw new Error('no configuration');\n");
      const counts = await runUnitTests(workspace.root, new ChildPrograms(workspace.root, 'ignore'), [
        '--skip-nx-cache',
      ]);
      expect(told).toEqual([
        expect.stringMatching(/^packages\/before: .*a\.test\.ts failed as a whole$/),
        expect.stringMatching(/^packages\/broken: .*a\.test\.ts failed as a whole$/),
        'packages/crashed: no report: it crashed',
      ]);
      expect(counts).toEqual({ passed: 2, failed: 5, skipped: 1 });
    },
    timeout,
  );

  test(
    'count a run that fails although each of its tests passes',
    async () => {
      const late = "setTimeout(() => { throw new Error('late'); }, 0);\nawait new Promise((r) => setTimeout(r, 50));\n";
      workspace.writePackage('escaped', { 'a.test.ts': passing + late });
      const counts = await runUnitTests(workspace.root, new ChildPrograms(workspace.root, 'ignore'), [
        '--skip-nx-cache',
      ]);
      expect(told).toEqual(['nx failed although no test did']);
      expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
    },
    timeout,
  );
});

describe('full tests', () => {
  const readsService =
    "import { expect, test } from 'vitest';\ntest('reads', () => expect(process.env['ORACLE']).toBe('speaks'));\n";
  const oracle = (stop: () => void): TestService => ({
    name: 'oracle',
    packages: [],
    start: async () => ({ environment: { ORACLE: 'speaks' }, stop: async () => stop() }),
  });
  const absent: TestService = {
    name: 'absent',
    packages: [],
    start: () => Promise.reject(new Error('it is not to be had')),
  };
  const run = (services: readonly TestService[], isCi: boolean, names: readonly string[] = []) =>
    runFullTests({
      root: workspace.root,
      programs: new ChildPrograms(workspace.root, 'ignore'),
      services,
      names,
      isCi,
    });

  test(
    'get the address of a service, leave out unit tests, and stop the service even after a failure',
    async () => {
      workspace.writePackage('good', { 'a.full.test.ts': readsService, 'b.test.ts': failing });
      workspace.writePackage('bad', { 'a.full.test.ts': failing });
      workspace.writePackage('none', { 'a.test.ts': failing });
      const stop = vi.fn();
      expect(await run([oracle(stop)], true)).toEqual({ passed: 1, failed: 1, skipped: 0 });
      expect(stop).toHaveBeenCalledOnce();
      expect(existsSync(join(workspace.root, 'packages/none/.test-report'))).toBe(false);
    },
    timeout,
  );

  test(
    'run only the projects that are named',
    async () => {
      workspace.writePackage('good', { 'a.full.test.ts': readsService });
      workspace.writePackage('bad', { 'a.full.test.ts': failing });
      expect(await run([oracle(() => undefined)], true, ['good'])).toEqual({ passed: 1, failed: 0, skipped: 0 });
    },
    timeout,
  );

  test('tell a service that is not there, and fail for it in CI alone', async () => {
    expect(await run([absent], false)).toEqual({ passed: 0, failed: 0, skipped: 0 });
    expect(await run([absent], true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(told).toContain('absent is missing: it is not to be had');
  });
});

test('a program that is stopped ends, and no other starts', async () => {
  const programs = new ChildPrograms(workspace.root, 'ignore');
  workspace.writePackage('slow', {
    'a.test.ts': "import { test } from 'vitest';\ntest('waits', () => new Promise(() => undefined), 1e9);\n",
  });
  const running = programs.run('node_modules/.bin/vitest', ['run'], { folder: 'packages/slow' });
  programs.stop();
  expect(await running).not.toBe(0);
  expect(await programs.run('node_modules/.bin/vitest', ['--version'])).toBe(1);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WorkspaceFixture } from '../test-support/workspace-fixture.ts';
import { ChildPrograms } from './child-programs.ts';
import { runUnitTests } from './run-unit-tests.ts';

const passing = "import { test } from 'vitest';\ntest('passes', () => undefined);\n";
const failing = "import { test } from 'vitest';\ntest('fails', () => { throw new Error('no'); });\n";

let workspace: WorkspaceFixture;
beforeEach(() => {
  workspace = new WorkspaceFixture();
  vi.stubEnv('VIDEOSTORAGE_TESTS', undefined);
});
afterEach(() => workspace.dispose());

const run = () => runUnitTests(workspace.root, new ChildPrograms(workspace.root, 'ignore'), []);

test('vitest runs all workspaces at once; a file that cannot be loaded, or that is in no project, is a failure too', async () => {
  workspace.writePackage('good', {
    'a.test.ts': `${passing}test.skip('later', () => undefined);\n`,
    'b.full.test.ts': failing,
  });
  workspace.writePackage('bad', { 'a.test.ts': passing + failing.replace(/^.*\n/, '') });
  workspace.writePackage('empty', { 'index.ts': 'export {};' });
  workspace.writePackage('broken', { 'a.test.ts': "import './not-there.ts';\n" });
  workspace.writePackage('before', {
    'a.test.ts':
      "import { beforeAll, test } from 'vitest';\nbeforeAll(() => { throw new Error(); });\ntest('a', () => {});\n",
  });
  workspace.write('packages/good/test-support/c.test.ts', passing);
  const { failures, ...counts } = await run();
  expect(failures.toSorted()).toEqual([
    expect.stringMatching(/^packages\/bad\/src\/a\.test\.ts: fails\nError: no\n.+a\.test\.ts:/),
    'packages/before/src/a.test.ts failed as a whole',
    'packages/broken/src/a.test.ts failed as a whole',
    'packages/good/test-support/c.test.ts did not run',
  ]);
  expect(counts).toEqual({ passed: 2, skipped: 2 });
});

test('a vitest that fails although each of its tests passes is a failure', async () => {
  const late = "setTimeout(() => { throw new Error('late'); }, 0);\nawait new Promise((r) => setTimeout(r, 50));\n";
  workspace.writePackage('escaped', { 'a.test.ts': passing + late });
  const failures = ['vitest failed in ., although no test did'];
  expect(await run()).toEqual({ passed: 1, failures, skipped: 0 });
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChildPrograms } from '../run-tests/child-programs.ts';
import { WorkspaceFixture } from '../run-tests/workspace-fixture.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { checksOf } from './checks.ts';
import { performChecks } from './perform-checks.ts';

let workspace: WorkspaceFixture;
const told: string[] = [];
beforeEach(() => {
  workspace = new WorkspaceFixture();
  workspace.write('good.ts', "if (process.argv[2] !== 'word') throw new Error();\n");
  workspace.write('bad.ts', 'process.exitCode = 3;\n');
  workspace.write(
    'folder/here.ts',
    "import { existsSync } from 'node:fs';\nif (!existsSync('here.ts')) throw new Error();\n",
  );
  told.length = 0;
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation((line) => told.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  workspace.dispose();
});

const good = { name: 'good', file: 'good.ts', args: ['word'] };
const bad = { name: 'bad', file: 'bad.ts', args: [] };
const perform = (...checks: Parameters<typeof performChecks>[0]) =>
  performChecks(checks, new ChildPrograms(workspace.root, 'ignore'));

test('each check runs whatever the others said, in its folder and with its words', async () => {
  const here = { name: 'here', file: 'folder/here.ts', args: [], folder: 'folder' };
  expect(await perform(bad, good, here)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  expect(told).toEqual(['failed: bad']);
});

test('without a build, what looks at the build fails unseen', async () => {
  const build = { ...bad, name: 'build' };
  expect(await perform(build, { ...good, needsBuild: true }, good)).toEqual({ passed: 1, failed: 2, skipped: 0 });
});

test('every package is linted as it is published', () => {
  const names = checksOf(workspaceRoot).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'biome',
      'knip',
      'check-repository',
      'check-bundles',
      'check-api',
      'size-limit',
      'check-consumer',
    ]),
  );
  expect(names.filter((name) => name.startsWith('publint packages/'))).toContain('publint packages/core');
  expect(names.filter((name) => name.startsWith('attw packages/'))).toContain('attw packages/core');
});

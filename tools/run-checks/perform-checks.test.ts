import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { proofsOf } from '../proof/proofs.ts';
import { ChildPrograms } from '../run-tests/child-programs.ts';
import { WorkspaceFixture } from '../run-tests/workspace-fixture.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';
import { type Check, checksOf } from './checks.ts';
import { performChecks } from './perform-checks.ts';

let workspace: WorkspaceFixture;
const printed: string[] = [];
beforeEach(() => {
  workspace = new WorkspaceFixture();
  workspace.write('good.ts', "if (process.argv[2] !== 'word') throw new Error();\n");
  workspace.write('bad.ts', 'process.exitCode = 3;\n');
  workspace.write(
    'folder/here.ts',
    "import { existsSync } from 'node:fs';\nif (!existsSync('here.ts') || process.env.SHARED + process.env.OWN !== 'yesalso') throw new Error();\n",
  );
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation((line) => printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  workspace.dispose();
});

const good = { name: 'good', file: 'good.ts', args: ['word'] };
const bad = { name: 'bad', file: 'bad.ts', args: [] };
const perform = (...checks: readonly Check[]) =>
  performChecks(checks, new ChildPrograms(workspace.root, 'ignore'), { SHARED: 'yes' });

test('each check runs whether others fail or not, in its folder, with its arguments and environment', async () => {
  const here = { name: 'here', file: 'folder/here.ts', args: [], folder: 'folder', environment: { OWN: 'also' } };
  expect(await perform(bad, good, here)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  expect(printed).toEqual(['failed: bad']);
});

test('without a build, checks of the build fail without a run', async () => {
  const build = { ...bad, name: 'build' };
  expect(await perform(build, { ...good, needsBuild: true }, good)).toEqual({ passed: 1, failed: 2, skipped: 0 });
});

test('mutants of what changed are a check where a base is named', () => {
  const mutants = { name: 'mutants:changed', file: 'tools/mutants/mutants-changed.ts', args: ['origin/main'] };
  expect(checksOf(workspaceRoot, 'origin/main')).toContainEqual(mutants);
  for (const none of ['', undefined]) {
    vi.stubEnv('MUTANTS_BASE', none);
    expect(checksOf(workspaceRoot).map(({ name }) => name)).not.toContain('mutants:changed');
  }
});

test('all checks are made, each package as it is published', () => {
  const checks = checksOf(workspaceRoot, '');
  const commands = checks.map(({ name, args }) => [name, ...args].join(' '));
  expect(
    commands.filter((command) => !command.startsWith('dependency-cruiser') && !command.includes('packages/')),
  ).toEqual([
    'biome check --error-on-warnings .',
    'knip --no-config-hints',
    'sherif -r root-package-manager-field',
    'check-repository',
    'check-bundles',
    'typecheck run-many -t typecheck --output-style=static',
    'build run-many -t build --output-style=static',
    'check-api',
    'size-limit',
    'check-consumer',
  ]);
  expect(checks.find(({ name }) => name === 'dependency-cruiser')?.args).toEqual(
    expect.arrayContaining(['packages/core/src', 'examples/classroom/src']),
  );
  for (const { folder } of packagesOf(workspaceRoot)) {
    expect(commands).toContain(`publint ${folder} --strict`);
    expect(commands).toContain(`attw ${folder} --pack . --profile node16`);
  }
  for (const { name, file } of checks) {
    const needsBuild = /^(publint|attw|check-api|size-limit|check-consumer)/.test(name);
    expect(checks).toContainEqual(expect.objectContaining({ name, ...(needsBuild && { needsBuild }) }));
    expect(existsSync(join(workspaceRoot, file)), file).toBe(true);
  }
});

test('proofs are found by name, run from source; all of them with the benches; an unknown name is refused', () => {
  for (const name of ['holds', 'breaks']) workspace.write(`packages/film/proof/${name}.proof.ts`, '');
  workspace.write('packages/film/proof/not-a-proof.ts', '');
  expect(proofsOf(workspace.root).map(({ name }) => name)).toEqual(['breaks', 'holds', 'benches']);
  expect(proofsOf(workspace.root, ['holds'])).toEqual([
    {
      ...{ name: 'holds', file: 'packages/film/proof/holds.proof.ts', args: [] },
      environment: { NODE_OPTIONS: '--conditions=@videostorage/source' },
    },
  ]);
  expect(() => proofsOf(workspace.root, ['holds', 'flies'])).toThrow('no such proof: flies; there are: breaks, holds');
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { proofsOf } from '../proof/proofs.ts';
import { ChildPrograms } from '../run-tests/child-programs.ts';
import { WorkspaceFixture } from '../test-support/workspace-fixture.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { type Check, checksOf, mutantChecks } from './checks.ts';
import { performChecks } from './perform-checks.ts';

let workspace: WorkspaceFixture;
beforeEach(() => {
  workspace = new WorkspaceFixture();
  workspace.write('good.ts', "if (process.argv[2] !== 'word') throw new Error();\n");
  workspace.write('bad.ts', 'process.exitCode = 3;\n');
  workspace.write(
    'here.ts',
    "import { existsSync } from 'node:fs';\nif (!existsSync('here.ts') || process.env.SHARED + process.env.OWN !== 'yesalso') throw new Error();\n",
  );
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  workspace.dispose();
});

const good = { name: 'good', file: 'good.ts', args: ['word'] };
const bad = { name: 'bad', file: 'bad.ts', args: [] };
const perform = (...checks: readonly Check[]) =>
  performChecks(checks, new ChildPrograms(workspace.root, 'ignore'), { environment: { SHARED: 'yes' } });

test('each check runs whether others fail or not, in the root, with its arguments and environment', async () => {
  const here = { name: 'here', file: 'here.ts', args: [], environment: { OWN: 'also' } };
  expect(await perform(bad, good, here)).toEqual({ passed: 2, failures: ['bad'], skipped: 0 });
});

describe('two at a time', () => {
  /** Programs that end when the test says so. */
  const held = () => {
    const ends = new Map<string, (exitCode: number) => void>();
    const run = (file: string) => new Promise<number>((resolve) => ends.set(file, resolve));
    return {
      programs: { run },
      begun: () => [...ends.keys()],
      end: (file: string, code = 0) => ends.get(file)?.(code),
    };
  };
  const check = (name: string, needsBuild = false): Check => ({ name, file: name, args: [], needsBuild });

  test('each starts when another has ended, those of the build after it', async () => {
    const { programs, begun, end } = held();
    const checks = ['build', 'a', 'b'].map((name) => check(name)).concat(check('of the build', true));
    const counts = performChecks(checks, programs, { atOnce: 2 });
    await vi.waitUntil(() => begun().length === 2);
    end('a');
    await vi.waitUntil(() => begun().includes('b'));
    end('b');
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun()).toEqual(['build', 'a', 'b']);
    end('build');
    await vi.waitUntil(() => begun().includes('of the build'));
    end('of the build');
    expect(await counts).toEqual({ passed: 4, failures: [], skipped: 0 });
  });

  test('those of the build are passed over while it runs, and come first after it', async () => {
    const { programs, begun, end } = held();
    const checks = [check('build'), check('of the build', true), check('a'), check('b')];
    const counts = performChecks(checks, programs, { atOnce: 2 });
    await vi.waitUntil(() => begun().length === 2);
    expect(begun()).toEqual(['build', 'a']);
    end('build');
    await vi.waitUntil(() => begun().length === 3);
    expect(begun()).toEqual(['build', 'a', 'of the build']);
    end('of the build');
    await vi.waitUntil(() => begun().includes('b'));
    end('a');
    end('b');
    expect(await counts).toEqual({ passed: 4, failures: [], skipped: 0 });
  });

  test('where no check is the build, those that need one run', async () => {
    const { programs, begun, end } = held();
    const counts = performChecks([check('of the build', true)], programs);
    await vi.waitUntil(() => begun().length === 1);
    end('of the build');
    expect(await counts).toEqual({ passed: 1, failures: [], skipped: 0 });
  });

  test('after a build that failed, checks of the build fail without a run', async () => {
    const { programs, begun, end } = held();
    const counts = performChecks([check('build'), check('of the build', true), check('a')], programs);
    await vi.waitUntil(() => begun().length === 1);
    end('build', 1);
    await vi.waitUntil(() => begun().includes('a'));
    end('a');
    expect(await counts).toEqual({ passed: 1, failures: ['build', 'of the build'], skipped: 0 });
    expect(begun()).toEqual(['build', 'a']);
  });
});

test('mutants of changed files are a check when a base is set', () => {
  const mutants = { name: 'mutants:changed', file: 'tools/mutants/mutants-changed.ts', args: ['origin/main'] };
  expect(mutantChecks('origin/main')).toEqual([mutants]);
  for (const none of ['', undefined]) {
    vi.stubEnv('MUTANTS_BASE', none);
    expect(mutantChecks()).toEqual([]);
  }
});

test('all checks run; those of the build wait for it', () => {
  const checks = checksOf(workspaceRoot);
  expect(checks.map(({ name }) => name).toSorted()).toEqual([
    ...['biome', 'build', 'check-api', 'check-bundles', 'check-consumer', 'check-repository', 'depcruise'],
    ...['install services', 'knip', 'sherif', 'size-limit', 'typecheck'],
  ]);
  expect(checks.filter(({ needsBuild }) => needsBuild).map(({ name }) => name)).toEqual([
    ...['check-consumer', 'check-api', 'size-limit'],
  ]);
  expect(checks.find(({ name }) => name === 'depcruise')?.args).toEqual(
    expect.arrayContaining(['packages/core/src', 'examples/classroom/src']),
  );
  for (const { file } of checks) expect(existsSync(join(workspaceRoot, file)), file).toBe(true);
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

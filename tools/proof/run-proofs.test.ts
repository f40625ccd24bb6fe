import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChildPrograms } from '../run-tests/child-programs.ts';
import { WorkspaceFixture } from '../run-tests/workspace-fixture.ts';
import { proofsOf, runProofs } from './run-proofs.ts';

let workspace: WorkspaceFixture;
beforeEach(() => {
  workspace = new WorkspaceFixture();
  workspace.write('packages/film/proof/holds.proof.ts', "const held: string = 'yes';\nconsole.log(held);\n");
  workspace.write('packages/film/proof/breaks.proof.ts', 'process.exitCode = 1;\n');
  workspace.write('packages/film/proof/not-a-proof.ts', 'throw new Error();\n');
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  workspace.dispose();
});

const run = (...names: readonly string[]) => {
  const programs = new ChildPrograms(workspace.root, 'ignore');
  return runProofs({ root: workspace.root, programs, services: [], names });
};

test('proofs are found by name', () => {
  expect([...proofsOf(workspace.root).keys()]).toEqual(['breaks', 'holds']);
});

test('a proof holds or breaks by its exit code', async () => {
  expect(await run('holds')).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(await run('holds', 'breaks')).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test('an unknown name is refused, with the names that there are', async () => {
  await expect(run('holds', 'flies')).rejects.toThrow('no such proof: flies; there are: breaks, holds');
});

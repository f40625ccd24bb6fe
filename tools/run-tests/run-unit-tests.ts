import type { ChildPrograms } from './child-programs.ts';
import { runVitest } from './run-vitest.ts';
import type { TestCounts } from './test-counts.ts';
import { testFilesOf } from './test-files.ts';

/** Runs the tests that need no service, of all workspaces in one vitest. With `args` (`packages/core`) only some are run. */
export function runUnitTests(
  root: string,
  programs: Pick<ChildPrograms, 'run'>,
  args: readonly string[],
): Promise<TestCounts> {
  return runVitest(programs, { root, kind: 'unit', args, testFiles: args.length > 0 ? [] : testFilesOf(root, 'unit') });
}

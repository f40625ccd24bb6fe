import { execFileSync } from 'node:child_process';
import { isDeciding } from './deciding-files.ts';

/** The code of packages that is not mutated: tests, types, lists of exports. */
const notMutated = /\.(test|test-d|bench)\.ts$|\/index\.ts$|\/contract\//;

/**
 * Sources of packages that differ, committed or not, from the merge base with `base` (or `origin/main`, if any); deciding files first.
 * @throws {Error} when `base` is no commit of this clone
 */
export function changedSources(root: string, base?: string): readonly string[] {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const from = base ?? git('for-each-ref', '--format=%(refname)', 'refs/remotes/origin/main');
  if (from === '') return [];
  const files = git('diff', '--name-only', '--diff-filter=d', git('merge-base', from, 'HEAD')).split('\n');
  const sources = files.filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file) && !notMutated.test(file));
  return [...sources.filter(isDeciding), ...sources.filter((file) => !isDeciding(file))];
}

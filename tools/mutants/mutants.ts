// Mutates a package's code and sees its tests notice: `npm run mutants -- core 'src/retry/*.ts'`. By hand, a package at a time.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { strykerOptions } from './stryker-options.ts';

const [name, ...globs] = process.argv.slice(2);
const folder = join(workspaceRoot, 'packages', name ?? '');
if (name === undefined || !existsSync(join(folder, 'vitest.config.ts'))) {
  throw new Error("Name a package, and what of it: npm run mutants -- core 'src/retry/*.ts' '!src/**/*.test.ts'");
}
mkdirSync(join(folder, '.test-report'), { recursive: true });
const config = join(folder, '.test-report', 'stryker.config.json');
writeFileSync(config, JSON.stringify(strykerOptions(withoutTests(globs)), undefined, 2));
try {
  const { status } = spawnSync('stryker', ['run', config], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, VIDEOSTORAGE_TESTS: 'mutants' },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(config);
  // Left behind by test runners that were ended at a timeout.
  for (const file of globSync('stryker-setup-*.js', { cwd: folder })) rmSync(join(folder, file));
}

/** A glob names code; the tests beside it are never mutated. */
function withoutTests(given: readonly string[]): readonly string[] {
  return given.length === 0 ? [] : [...given, '!src/**/*.{test,test-d,bench}.ts'];
}

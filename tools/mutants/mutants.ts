// Mutates the code of a package or example and runs its tests on it: `npm run mutants -- core 'src/retry/*.ts'`. By hand.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { runStryker } from './run-stryker.ts';

// `--without-constants` leaves out those of a module's constants, each of which runs every test of the package.
const FLAG = '--without-constants';
const [name, ...globs] = process.argv.slice(2).filter((each) => each !== FLAG);
const folder = ['packages', 'examples']
  .map((kind) => join(workspaceRoot, kind, name ?? ''))
  .find((place) => existsSync(join(place, 'vitest.config.ts')));
if (folder === undefined) {
  throw new Error("Name a package, and what of it: npm run mutants -- core 'src/retry/*.ts' '!src/**/*.test.ts'");
}
// A glob names code; the tests beside it are never mutated.
const mutated = globs.length === 0 ? [] : [...globs, '!src/**/*.{test,test-d,bench}.ts'];
process.exitCode = runStryker(folder, mutated, { ignoreStatic: process.argv.includes(FLAG) }) ?? 1;

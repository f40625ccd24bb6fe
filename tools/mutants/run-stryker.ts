import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { decidingScore, isDeciding } from './deciding-files.ts';
import { type StrykerSettings, strykerOptions } from './stryker-options.ts';

/**
 * Runs Stryker in a folder of a package, on what the globs name. Returns its exit code, which is not 0 where it fails or the
 * score is below the least one; null at the time limit.
 */
export function runStryker(
  folder: string,
  globs: readonly string[],
  { timeoutMs, ...settings }: StrykerSettings & { readonly timeoutMs?: number } = {},
): number | null {
  const reports = join(folder, '.test-report');
  mkdirSync(reports, { recursive: true });
  const config = join(reports, 'stryker.config.json');
  writeFileSync(config, JSON.stringify(strykerOptions(globs, settings), undefined, 2));
  try {
    const ended = spawnSync(process.execPath, [join(workspaceRoot, 'node_modules/.bin/stryker'), 'run', config], {
      cwd: folder,
      stdio: 'inherit',
      timeout: timeoutMs,
      env: { ...process.env, VIDEOSTORAGE_TESTS: 'mutants' },
    });
    return exitCodeOf(ended);
  } finally {
    rmSync(config);
    // Left behind by test runners that were ended at a timeout.
    for (const file of globSync('stryker-setup-*.js', { cwd: folder })) rmSync(join(folder, file));
  }
}

/**
 * The exit code, null at the time limit: Stryker restores the sources when it is stopped, and then exits with a code too.
 * @throws {Error} when it could not be started
 */
export function exitCodeOf({ status, error }: Pick<SpawnSyncReturns<unknown>, 'status' | 'error'>): number | null {
  if (error === undefined) return status;
  if ('code' in error && error.code === 'ETIMEDOUT') return null;
  throw error;
}

/**
 * `runStryker` for one source, named from the root, with the lowest score if it makes decisions. Afterwards the file's text
 * is restored, even when Stryker, which works in place, was killed at the timeout.
 */
export function mutateFile(
  file: string,
  timeoutMs: number,
  { root = workspaceRoot, run = runStryker }: { readonly root?: string; readonly run?: typeof runStryker } = {},
): number | null {
  const folder = join(root, ...file.split('/').slice(0, 2));
  const source = readFileSync(join(root, file), 'utf8');
  try {
    const leastScore = isDeciding(file) ? decidingScore : null;
    return run(folder, [file.split('/').slice(2).join('/')], { timeoutMs, leastScore });
  } finally {
    writeFileSync(join(root, file), source);
  }
}

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import type { FileScore } from './mutate-files.ts';
import { strykerOptions } from './stryker-options.ts';

/**
 * Runs Stryker in a folder of a package, on what the globs name. Resolves with its exit code, null when the time was over.
 */
export function runStryker(
  folder: string,
  globs: readonly string[],
  { timeoutMs, ignoreStatic = false }: { readonly timeoutMs?: number; readonly ignoreStatic?: boolean } = {},
): number | null {
  const reports = join(folder, '.test-report');
  mkdirSync(reports, { recursive: true });
  const config = join(reports, 'stryker.config.json');
  writeFileSync(config, JSON.stringify(strykerOptions(globs, ignoreStatic), undefined, 2));
  rmSync(join(reports, 'mutants.json'), { force: true });
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
 * The exit code, null when the time was over: Stryker puts the sources back when it is told to end, and ends with a code then too.
 * @throws {Error} when it could not be started
 */
export function exitCodeOf({ status, error }: Pick<SpawnSyncReturns<unknown>, 'status' | 'error'>): number | null {
  if (error === undefined) return status;
  if ('code' in error && error.code === 'ETIMEDOUT') return null;
  throw error;
}

/**
 * Mutates one source of a package, named from the root. The file has its own text again afterwards, also where Stryker, which
 * works in place, was ended at the timeout.
 * @throws {Error} when Stryker fails, for instance because the tests do without mutants
 */
export function mutateFile(
  file: string,
  timeoutMs: number,
  { root = workspaceRoot, run = runStryker }: { readonly root?: string; readonly run?: typeof runStryker } = {},
): FileScore | undefined {
  const folder = join(root, ...file.split('/').slice(0, 2));
  const source = readFileSync(join(root, file), 'utf8');
  try {
    const status = run(folder, [file.split('/').slice(2).join('/')], { timeoutMs });
    if (status === null) return undefined;
    if (status !== 0) throw new Error(`Stryker failed on ${file} with exit code ${status}`);
    return scoreOf(readFileSync(join(folder, '.test-report/mutants.json'), 'utf8'));
  } finally {
    writeFileSync(join(root, file), source);
  }
}

/** Counts the mutants of Stryker's report: those that do not compile, or that are ignored, are none. */
export function scoreOf(report: string): FileScore {
  const { files } = JSON.parse(report) as {
    readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
  };
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (...wanted: readonly string[]) => statuses.filter((status) => wanted.includes(status)).length;
  const noticed = count('Killed', 'Timeout');
  const mutants = noticed + count('Survived', 'NoCoverage');
  return { mutants, percent: mutants === 0 ? 100 : (100 * noticed) / mutants };
}

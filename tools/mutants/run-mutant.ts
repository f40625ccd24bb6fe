import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant, MutantList } from './mutant.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CONFIG = fileURLToPath(new URL('./vitest.mutant.config.ts', import.meta.url));
const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** How the suite took a fault. */
export interface MutantOutcome {
  /** Tests that failed; 0 = the fault survived. */
  readonly failed: number;
  /** Tests that passed before the run ended. */
  readonly passed: number;
  /** The first test that noticed. */
  readonly noticedBy?: string;
}

/** Runs a storage's conformance suite with one fault planted, or with none. @throws when the suite could not be run at all */
export async function runMutant(list: MutantList, mutant: Mutant | undefined): Promise<MutantOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-mutant-'));
  const reportFile = join(folder, 'report.json');
  const said = await run([VITEST, 'run', '--config', CONFIG, '--root', `${ROOT}${list.folder}`, list.testFile], {
    VIDEOSTORAGE_MUTANT_REPORT: reportFile,
    ...(mutant !== undefined && { VIDEOSTORAGE_MUTANT: JSON.stringify(mutant) }),
  });
  const text = await readFile(reportFile, 'utf8').catch(() => '');
  await rm(folder, { recursive: true, force: true });
  if (text === '') throw new Error(`${list.name}: the suite did not report\n${said}`);
  const report = JSON.parse(text) as Report;
  const [file] = report.testResults;
  const tests = file?.assertionResults ?? [];
  const noticed = tests.find((test) => test.status === 'failed');
  // A file that cannot be loaded has no tests: that is a fault in the list, not one that was noticed.
  if (tests.length === 0) throw new Error(`${mutant?.id ?? list.name}: ${file?.message ?? 'no test ran'}`);
  return {
    // A run that breaks off has noticed too, if without a word.
    failed: Math.max(report.numFailedTests, report.success ? 0 : 1),
    passed: report.numPassedTests,
    ...(noticed !== undefined && { noticedBy: noticed.title.split(':')[0] ?? noticed.title }),
  };
}

interface Report {
  readonly success: boolean;
  readonly numFailedTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const {
      VITEST: _vitest,
      VITEST_POOL_ID: _pool,
      VITEST_WORKER_ID: _worker,
      NODE_ENV: _mode,
      ...clean
    } = process.env;
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...clean, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    child.on('error', reject);
    child.on('close', () => resolve(said));
  });
}

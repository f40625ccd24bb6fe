import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ChildPrograms } from './child-programs.ts';
import type { TestCounts } from './test-counts.ts';

/** The part of vitest's JSON report that is read. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** One run of vitest. */
export interface VitestRun {
  readonly root: string;
  /** Where it runs, relative to the root. Default the root. */
  readonly folder?: string;
  readonly kind: 'unit' | 'full';
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Files that must be in its report, relative to the root. */
  readonly testFiles: readonly string[];
}

/**
 * Runs vitest and counts by its report, not by its output. As failures count, beside failed tests: a run without report, a
 * file that failed as a whole, a test file that did not run, and a run that failed although nothing in its report did.
 */
export async function runVitest(programs: Pick<ChildPrograms, 'run'>, run: VitestRun): Promise<TestCounts> {
  const { root, folder = '.', kind, args = [], environment = {} } = run;
  const file = join(root, folder, `.test-report/${kind}.json`);
  rmSync(file, { force: true });
  const exitCode = await programs.run('node_modules/.bin/vitest', ['run', ...args], { folder, environment });
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as VitestReport) : undefined;
  const complaints =
    report === undefined ? [`vitest left no report in ${folder}: it crashed`] : complaintsOf(report, run);
  const failed = (report?.numFailedTests ?? 0) + complaints.length;
  if (failed === 0 && exitCode !== 0) complaints.push(`vitest failed in ${folder}, although no test did`);
  for (const complaint of complaints) console.error(complaint);
  return {
    passed: report?.numPassedTests ?? 0,
    failed: (report?.numFailedTests ?? 0) + complaints.length,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

function complaintsOf({ testResults }: VitestReport, { root, testFiles }: VitestRun): string[] {
  const ran = new Map(testResults.map((result) => [relative(root, result.name), result]));
  const whole = [...ran]
    .filter(([, { status, assertionResults }]) => status === 'failed' && !assertionResults.some(isFailed))
    .map(([file]) => `${file} failed as a whole`);
  return [...whole, ...testFiles.filter((file) => !ran.has(file)).map((file) => `${file} did not run`)];
}

function isFailed({ status }: { readonly status: string }): boolean {
  return status === 'failed';
}

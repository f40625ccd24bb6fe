import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { JsonTestResults } from 'vitest/node';
import type { ChildPrograms } from './child-programs.ts';
import type { TestCounts } from './test-counts.ts';

/** How much of a failure's message is printed again at the end: its reason and the lines it came from. */
const MESSAGE_MAX_CHARACTERS = 1500;

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
 * Runs vitest and counts by its report, not by its output. These count as failures too: a run without report, a file that
 * failed as a whole, a test file that did not run, and a run that failed although nothing in its report did.
 */
export async function runVitest(programs: Pick<ChildPrograms, 'run'>, run: VitestRun): Promise<TestCounts> {
  const { root, folder = '.', kind, args = [], environment = {} } = run;
  const file = join(root, folder, `.test-report/${kind}.json`);
  rmSync(file, { force: true });
  const exitCode = await programs.run('node_modules/.bin/vitest', ['run', ...args], { folder, environment });
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JsonTestResults) : undefined;
  const complaints =
    report === undefined ? [`vitest left no report in ${folder}: it crashed`] : complaintsOf(report, run);
  const tests = report === undefined ? [] : failedTestsOf(report, root);
  if (tests.length + complaints.length === 0 && exitCode !== 0)
    complaints.push(`vitest failed in ${folder}, although no test did`);
  return {
    passed: report?.numPassedTests ?? 0,
    failures: [...tests, ...complaints],
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

function complaintsOf({ testResults }: JsonTestResults, { root, testFiles }: VitestRun): string[] {
  const ran = new Map(testResults.map((result) => [relative(root, result.name), result]));
  const whole = [...ran]
    .filter(([, { status, assertionResults }]) => status === 'failed' && !assertionResults.some(isFailed))
    .map(([file]) => `${file} failed as a whole`);
  return [...whole, ...testFiles.filter((file) => !ran.has(file)).map((file) => `${file} did not run`)];
}

function failedTestsOf({ testResults }: JsonTestResults, root: string): string[] {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(isFailed).map(({ fullName, failureMessages }) => {
      const reason = (failureMessages ?? []).join('\n').slice(0, MESSAGE_MAX_CHARACTERS);
      return `${relative(root, name)}: ${fullName}\n${reason}`;
    }),
  );
}

function isFailed({ status }: { readonly status: string }): boolean {
  return status === 'failed';
}

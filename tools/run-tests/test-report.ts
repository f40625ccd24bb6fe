import { existsSync, readFileSync } from 'node:fs';
import type { TestCounts } from './test-counts.ts';

/** The part of vitest's JSON report that is read. */
interface VitestReport {
  readonly success: boolean;
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

/** What a run came to, and what is wrong with it apart from the tests that failed. */
export interface TestOutcome {
  readonly counts: TestCounts;
  /** Each also counts as a failure. */
  readonly complaints: readonly string[];
}

/**
 * Reads the report of one run. A file that failed as a whole counts as a failure although none of its tests ran; so
 * does a run without report, one that failed without a failing test, and one that found no test among its test files.
 */
export function readTestReport(
  file: string,
  run: { readonly testFiles: number; readonly exitCode: number },
): TestOutcome {
  if (!existsSync(file)) return { counts: { passed: 0, failed: 1, skipped: 0 }, complaints: ['no report: it crashed'] };
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  const whole = report.testResults
    .filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
    )
    .map(({ name }) => `${name} failed as a whole`);
  const noTest =
    run.testFiles > 0 && report.testResults.length === 0 ? [`none of ${run.testFiles} test files ran`] : [];
  const told = report.numFailedTests + whole.length + noTest.length;
  const untold = told === 0 && !(report.success && run.exitCode === 0) ? ['it failed without a failing test'] : [];
  const complaints = [...whole, ...noTest, ...untold];
  const { numPassedTests: passed, numPendingTests, numTodoTests } = report;
  const failed = report.numFailedTests + complaints.length;
  return { counts: { passed, failed, skipped: numPendingTests + numTodoTests }, complaints };
}

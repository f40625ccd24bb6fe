/** How tests ended. */
export interface TestCounts {
  readonly passed: number;
  /** Each failure: the name of the test or check, and the reason if it is known. */
  readonly failures: readonly string[];
  readonly skipped: number;
}

/** The sum of several runs. */
export function sumOf(counts: readonly TestCounts[]): TestCounts {
  const sum = (field: 'passed' | 'skipped') => counts.reduce((total, one) => total + one[field], 0);
  return { passed: sum('passed'), failures: counts.flatMap(({ failures }) => failures), skipped: sum('skipped') };
}

/**
 * Prints the failures again, since often only the end of a long output is kept, and then the last line of a run: `12 passed,
 * 0 failed`, with `, 1 skipped` if any were.
 */
export function closingLines({ passed, failures, skipped }: TestCounts): string {
  const line = `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return [...failures.map((failure) => `failed: ${failure}`), line].join('\n');
}

/** How tests ended. */
export interface TestCounts {
  readonly passed: number;
  /** What each failure is: the name of the test or check, and why it failed where that is known. */
  readonly failures: readonly string[];
  readonly skipped: number;
}

/** The sum of several runs. */
export function sumOf(counts: readonly TestCounts[]): TestCounts {
  const sum = (field: 'passed' | 'skipped') => counts.reduce((total, one) => total + one[field], 0);
  return { passed: sum('passed'), failures: counts.flatMap(({ failures }) => failures), skipped: sum('skipped') };
}

/**
 * The failures again, since of a long output often only the end is kept, and below them the line that ends a run: `12 passed,
 * 0 failed`, and `, 1 skipped` where any were.
 */
export function closingLines({ passed, failures, skipped }: TestCounts): string {
  const line = `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return [...failures.map((failure) => `failed: ${failure}`), line].join('\n');
}

/** How tests ended. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The sum of several runs. */
export function sumOf(counts: readonly TestCounts[]): TestCounts {
  const sum = (field: keyof TestCounts) => counts.reduce((total, one) => total + one[field], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** The line that ends a run: `12 passed, 0 failed`, and `, 1 skipped` where any were. */
export function closingLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

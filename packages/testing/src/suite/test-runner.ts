/** The context that a runner may pass to a test; Vitest and `node:test` can mark it as skipped. */
export interface TestContext {
  /** Marks the test as skipped. */
  skip?(reason?: string): unknown;
}

/** The two functions that every test runner has: Vitest, `node:test`, Jest and Mocha (`it`). */
export interface TestRunner {
  /** Declares a group of tests. */
  describe(name: string, define: () => void): unknown;
  /**
   * Declares a test. The function passed as `run` has a `length` of 0, since Jest and Mocha wait for a callback if it
   * declares a parameter.
   */
  test(name: string, run: (context?: TestContext) => Promise<void>): unknown;
}

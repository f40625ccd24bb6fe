/** The context that a runner may pass to a test; Vitest and `node:test` can mark it as skipped. */
export interface TestContext {
  /** Marks the test as skipped. */
  skip?(reason?: string): unknown;
}

/** The two functions that every test runner has: Vitest, `node:test`, Jest and Mocha (`it`). */
export interface TestRunner {
  /** Declares a group of tests. */
  describe(name: string, define: () => void): unknown;
  /** Declares a test. Its function has no parameter: Jest and Mocha would wait for one as a callback. */
  test(name: string, run: (context?: TestContext) => Promise<void>): unknown;
}

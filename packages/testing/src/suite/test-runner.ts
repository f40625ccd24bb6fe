/** What a test may be handed; Vitest and `node:test` can be told that it was left out. */
export interface TestContext {
  /** Marks the test as left out. */
  skip?(reason?: string): unknown;
}

/** The two functions that every test runner has: Vitest, `node:test`, Jest, Mocha (`it`). */
export interface TestRunner {
  /** Groups tests. */
  describe(name: string, define: () => void): unknown;
  /** One test. It declares no parameter, since Jest and Mocha would take one for a callback that must be called. */
  test(name: string, run: (context?: TestContext) => Promise<void>): unknown;
}

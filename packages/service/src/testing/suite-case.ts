/** One promise of a port, as a program. */
export interface SuiteCase<Subject> {
  /** Stable id: `<behaviour>/<case>`. */
  readonly id: string;
  /** What is promised. */
  readonly title: string;
  /** Fails when the promise is broken. */
  run(subject: Subject): Promise<void>;
}

/** The two functions that every test runner has: pass those of Vitest, Jest or `node:test`. */
export interface SuiteRunner {
  /** Groups tests. */
  describe(name: string, define: () => void): unknown;
  /** One test. */
  test(name: string, run: () => Promise<void>): unknown;
}

/** Settings of a suite. */
export interface SuiteOptions<Subject> {
  /** Of the implementation, in the tests' names. */
  readonly name: string;
  /** A fresh, empty subject for each case. */
  readonly create: () => Promise<Subject>;
  /** `{ describe, test }` of the test runner. */
  readonly runner: SuiteRunner;
}

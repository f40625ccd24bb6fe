/** One case of a suite: it tests one guarantee of an interface. */
export interface SuiteCase<Subject> {
  /** Stable id: `<behaviour>/<case>`. */
  readonly id: string;
  /** The guarantee that the case tests. */
  readonly title: string;
  /** Runs the case; rejects when the guarantee is broken. */
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
  /** Name of the implementation, used in the names of the tests. */
  readonly name: string;
  /** Creates a fresh, empty subject for each case. */
  readonly create: () => Promise<Subject>;
  /** `{ describe, test }` of the test runner. */
  readonly runner: SuiteRunner;
}

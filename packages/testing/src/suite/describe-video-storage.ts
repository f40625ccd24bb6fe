import { ConfigurationError } from '@videostorage/core';
import type { StorageSubject } from '../storage-subject.ts';
import { conformanceCases } from './conformance-cases.ts';
import { Scenario } from './scenario.ts';

/** What a test may be handed; Vitest and `node:test` can be told that it was left out. */
export interface TestContext {
  /** Marks the test as left out. */
  skip?(reason?: string): unknown;
}

/** The two functions that every test runner has: Vitest, `node:test`, Jest. */
export interface TestRunner {
  /** Groups tests. */
  describe(name: string, define: () => void): unknown;
  /** One test. */
  test(name: string, run: (context: TestContext) => Promise<void>): unknown;
}

/** Settings of `describeVideoStorage`. */
export interface DescribeVideoStorageOptions {
  /** Of the storage, in the tests' names. */
  readonly name: string;
  /** A fresh subject for each case. */
  readonly create: () => Promise<StorageSubject>;
  /** `{ describe, test }` of the runner in use; so this package needs none of its own. */
  readonly runner: TestRunner;
  /** Cases this backend cannot pass, by id, each with its reason. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined;
}

/**
 * The contract of `VideoStorage` as a program: every backend runs it. A case that needs what the subject does not have
 * (a clock, faults, a facet) is left out, with its reason.
 * @throws {ConfigurationError} an exception for a case that does not exist
 */
export function describeVideoStorage(options: DescribeVideoStorageOptions): void {
  const { name, create, runner, exceptions = {} } = options;
  const unknown = Object.keys(exceptions).filter((id) => !conformanceCases.some((one) => one.id === id));
  if (unknown.length > 0) throw new ConfigurationError(`There are no cases ${unknown.join(', ')} to except.`);
  runner.describe(`${name} keeps the contract of VideoStorage`, () => {
    for (const { id, title, needs = [], run } of conformanceCases) {
      if (exceptions[id] !== undefined) continue;
      runner.test(`${id}: ${title}`, async (context) => {
        const scenario = new Scenario(await create());
        try {
          const lack = scenario.lacks(needs);
          if (lack === undefined) await run(scenario);
          else context?.skip?.(lack);
        } finally {
          await scenario.subject.dispose();
        }
      });
    }
  });
}

import {
  ConfigurationError,
  checkOptions,
  functionOption,
  type OptionSchemas,
  optional,
  optionOf,
} from '@videostorage/core';
import type { StorageSubject } from '../storage-subject.ts';
import { declareCases } from './declare-cases.ts';
import { findTestRunner } from './find-test-runner.ts';
import { StepGuard } from './step-guard.ts';
import type { TestRunner } from './test-runner.ts';

/** Settings of `describeVideoStorage`. */
export interface DescribeVideoStorageOptions {
  /** Name of the storage in the names of the tests. */
  readonly name: string;
  /** Creates a new subject; called once for each case. */
  readonly create: () => Promise<StorageSubject>;
  /**
   * Prefixes of the ids of the cases to run (`['mismatch/', 'list/pages']`), for a second run over the same backend
   * with a setting that affects only these cases. Default: all cases.
   */
  readonly only?: readonly string[] | undefined;
  /** Prefixes of the ids of cases to leave out, for instance because another run covers them. Default: none. */
  readonly except?: readonly string[] | undefined;
  /** Functions of the test runner. Default: those of Vitest, Jest, Mocha or `node:test`, whichever runs this process. */
  readonly runner?: TestRunner | undefined;
  /**
   * Cases that this backend cannot pass, each id with its reason. These cases still run, and one that passes is
   * reported as a failure. Default: none.
   */
  readonly exceptions?: Readonly<Record<string, string>> | undefined;
}

const prefixes = optional(
  optionOf(
    (value): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string'),
    'must be a list of prefixes of ids of cases',
  ),
);
const OPTIONS = {
  name: optionOf((value): value is string => typeof value === 'string', 'must be the name of the storage'),
  create: functionOption('must be a function that creates a subject'),
  ...{ only: prefixes, except: prefixes },
  runner: optional(
    optionOf(
      (value): value is TestRunner =>
        typeof value === 'object' && value !== null && 'describe' in value && 'test' in value,
      'must be { describe, test } of a test runner',
    ),
  ),
  exceptions: optional(
    optionOf(
      (value): value is Readonly<Record<string, string>> => typeof value === 'object' && value !== null,
      'must be an object of reasons by the ids of cases',
    ),
  ),
} satisfies OptionSchemas<DescribeVideoStorageOptions>;

/**
 * Declares the conformance tests of a backend: the contract of `VideoStorage` as a program. A case that needs something
 * the subject lacks (a clock, faults, a facet) is skipped, with the reason. A backend that hangs fails its cases, but
 * does not hang the suite.
 * @throws {ConfigurationError} an option that does not exist, no test runner was found, `only`, `except` or `exceptions` names an unknown case, or an exception has no reason
 */
export function describeVideoStorage(options: DescribeVideoStorageOptions): void {
  checkOptions('describeVideoStorage', options, OPTIONS);
  const runner = options.runner ?? findTestRunner();
  if (runner === undefined) {
    throw new ConfigurationError('Pass `runner: { describe, test }`: no test runner was found in this process.');
  }
  declareCases(options, runner, new StepGuard());
}

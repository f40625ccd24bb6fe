import { ConfigurationError } from '@videostorage/core';
import type { StorageSubject } from '../storage-subject.ts';
import { declareCases } from './declare-cases.ts';
import { findTestRunner } from './find-test-runner.ts';
import { StepGuard } from './step-guard.ts';
import type { TestRunner } from './test-runner.ts';

/** Settings of `describeVideoStorage`. */
export interface DescribeVideoStorageOptions {
  /** Of the storage, in the tests' names. */
  readonly name: string;
  /** A fresh subject for each case. */
  readonly create: () => Promise<StorageSubject>;
  /** Default: the runner under which this process runs, be it Vitest, Jest, Mocha or `node:test`. */
  readonly runner?: TestRunner | undefined;
  /** Cases that this backend cannot pass, by id, each with its reason. They run, and one that passes is reported as a failure. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined;
}

/**
 * The contract of `VideoStorage` as a program: every backend runs it. A case that needs what the subject does not have
 * (a clock, faults, a facet) is skipped, with its reason. A backend that hangs fails; it does not hang the suite.
 * @throws {ConfigurationError} no runner was found · an exception for a case that does not exist, or without a reason
 */
export function describeVideoStorage(options: DescribeVideoStorageOptions): void {
  const runner = options.runner ?? findTestRunner();
  if (runner === undefined) {
    throw new ConfigurationError('Pass `runner: { describe, test }`: no test runner was found in this process.');
  }
  declareCases(options, runner, new StepGuard());
}

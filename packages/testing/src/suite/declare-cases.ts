import { ConfigurationError } from '@videostorage/core';
import type { StorageSubject } from '../storage-subject.ts';
import { conformanceCases } from './conformance-cases.ts';
import type { DescribeVideoStorageOptions } from './describe-video-storage.ts';
import { Scenario } from './scenario.ts';
import type { StepGuard } from './step-guard.ts';
import type { TestRunner } from './test-runner.ts';

/** One test a case; each makes a subject of its own and gives it back, whatever happens. */
export function declareCases(options: DescribeVideoStorageOptions, runner: TestRunner, guard: StepGuard): void {
  const { name, create, exceptions = {} } = options;
  refuseWrongExceptions(exceptions);
  runner.describe(`${name} keeps the contract of VideoStorage`, () => {
    for (const { id, title, needs = [], run } of conformanceCases) {
      if (exceptions[id] !== undefined) continue;
      // A rest parameter does not count: see `TestRunner`.
      runner.test(`${id}: ${title}`, async (...[context]) => {
        guard.refuseWhenStuck();
        const subject: StorageSubject = await guard.watch('create', create());
        try {
          const scenario = new Scenario(subject, guard);
          const lack = scenario.lacks(needs);
          if (lack === undefined) await run(scenario);
          else context?.skip?.(lack);
        } finally {
          await guard.watch('dispose', subject.dispose());
        }
      });
    }
  });
}

function refuseWrongExceptions(exceptions: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(exceptions).filter((id) => !conformanceCases.some((one) => one.id === id));
  if (unknown.length > 0) throw new ConfigurationError(`There are no cases ${unknown.join(', ')} to except.`);
  const silent = Object.keys(exceptions).filter((id) => (exceptions[id] ?? '').trim() === '');
  if (silent.length > 0) throw new ConfigurationError(`Give the reason why ${silent.join(', ')} cannot be passed.`);
}

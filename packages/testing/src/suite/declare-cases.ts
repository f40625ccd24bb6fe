import { ConfigurationError } from '@videostorage/core';
import type { StorageSubject } from '../storage-subject.ts';
import { conformanceCases } from './conformance-cases.ts';
import type { DescribeVideoStorageOptions } from './describe-video-storage.ts';
import { Scenario } from './scenario.ts';
import type { StepGuard } from './step-guard.ts';
import type { TestRunner } from './test-runner.ts';

/** One test a case; each creates a subject of its own and disposes of it, whatever happens. */
export function declareCases(options: DescribeVideoStorageOptions, runner: TestRunner, guard: StepGuard): void {
  const { name, create, exceptions = {} } = options;
  refuseWrongExceptions(exceptions);
  runner.describe(`${name} keeps the contract of VideoStorage`, () => {
    for (const { id, title, needs = [], run } of conformanceCases) {
      // A rest parameter does not count: see `TestRunner`.
      runner.test(`${id}: ${title}`, async (...[context]) => {
        guard.refuseWhenStuck();
        const subject: StorageSubject = await guard.watch('create', create());
        try {
          const scenario = new Scenario(subject, guard);
          const lack = scenario.lacks(needs);
          const exception = exceptions[id];
          if (lack !== undefined) context?.skip?.(lack);
          else if (exception === undefined) await run(scenario);
          else {
            await mustFail(id, run(scenario));
            context?.skip?.(`an exception: ${exception}`);
          }
        } finally {
          await guard.watch('dispose', subject.dispose());
        }
      });
    }
  });
}

/** The list of exceptions burns down: what a backend can do by now must not stay excepted. */
async function mustFail(id: string, run: Promise<void>): Promise<void> {
  const passes = await run.then(
    () => true,
    () => false,
  );
  if (passes) throw new Error(`The case ${id} passes: take it out of \`exceptions\`.`);
}

function refuseWrongExceptions(exceptions: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(exceptions).filter((id) => !conformanceCases.some((one) => one.id === id));
  if (unknown.length > 0) throw new ConfigurationError(`There are no cases ${unknown.join(', ')} to except.`);
  const silent = Object.keys(exceptions).filter((id) => (exceptions[id] ?? '').trim() === '');
  if (silent.length > 0) throw new ConfigurationError(`Give the reason why ${silent.join(', ')} cannot be passed.`);
}

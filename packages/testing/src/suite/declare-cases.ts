import { ConfigurationError } from '@videostorage/core';
import type { StorageSubject } from '../storage-subject.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { conformanceCases } from './conformance-cases.ts';
import type { DescribeVideoStorageOptions } from './describe-video-storage.ts';
import { Scenario } from './scenario.ts';
import type { StepGuard } from './step-guard.ts';
import type { TestRunner } from './test-runner.ts';

/** Declares a test for each chosen case. Each test creates its own subject and always disposes of it. */
export function declareCases(options: DescribeVideoStorageOptions, runner: TestRunner, guard: StepGuard): void {
  const { name, create, exceptions = {} } = options;
  refuseWrongExceptions(exceptions);
  const cases = chosenCases(options);
  runner.describe(`${name} keeps the contract of VideoStorage`, () => {
    for (const { id, title, needs = [], run } of cases) {
      // A rest parameter does not count as a parameter: see `TestRunner`.
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

/**
 * The cases of `only`, without those of `except`. A prefix that no case has is refused, so that a renamed case is not left out
 * unnoticed.
 */
function chosenCases({ only, except = [] }: DescribeVideoStorageOptions): readonly ConformanceCase[] {
  const unknown = [...(only ?? []), ...except].filter(
    (prefix) => prefix === '' || !conformanceCases.some(({ id }) => id.startsWith(prefix)),
  );
  if (unknown.length > 0)
    throw new ConfigurationError(
      `\`only\` and \`except\` must be prefixes of ids of cases, not ${unknown.map((one) => JSON.stringify(one)).join(', ')}.`,
    );
  const begins = (id: string, prefixes: readonly string[]) => prefixes.some((one) => id.startsWith(one));
  return conformanceCases.filter(({ id }) => (only === undefined || begins(id, only)) && !begins(id, except));
}

/** Fails when the case passes: an exception must be removed once the backend fulfils the line. */
async function mustFail(id: string, run: Promise<void>): Promise<void> {
  const passes = await run.then(
    () => true,
    () => false,
  );
  if (passes) throw new Error(`The case ${id} passes: remove it from \`exceptions\`.`);
}

function refuseWrongExceptions(exceptions: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(exceptions).filter((id) => !conformanceCases.some((one) => one.id === id));
  if (unknown.length > 0)
    throw new ConfigurationError(`\`exceptions\` names cases that do not exist: ${unknown.join(', ')}.`);
  const withoutReason = Object.keys(exceptions).filter((id) => (exceptions[id] ?? '').trim() === '');
  if (withoutReason.length > 0)
    throw new ConfigurationError(`Set in \`exceptions\` the reason why ${withoutReason.join(', ')} cannot pass.`);
}

import type { SuiteCase, SuiteOptions } from './suite-case.ts';

/** One test for each case; each creates its own subject and always disposes of it. */
export function declareSuite<Subject extends { dispose(): Promise<void> }>(
  port: string,
  cases: readonly SuiteCase<Subject>[],
  { name, create, runner }: SuiteOptions<Subject>,
): void {
  runner.describe(`${name} keeps the guarantees of ${port}`, () => {
    for (const { id, title, run } of cases) {
      runner.test(`${id}: ${title}`, async () => {
        const subject = await create();
        try {
          await run(subject);
        } finally {
          await subject.dispose();
        }
      });
    }
  });
}

import type { ChildPrograms } from '../run-tests/child-programs.ts';
import type { TestCounts } from '../run-tests/test-counts.ts';
import type { Check } from './checks.ts';

/** Runs the checks one after the other, each whatever the others said, and tells how each ended. */
export async function performChecks(checks: readonly Check[], programs: ChildPrograms): Promise<TestCounts> {
  const failed = new Set<string>();
  for (const { name, file, args, folder, needsBuild } of checks) {
    console.log(`\n== ${name}`);
    const isHopeless = needsBuild === true && failed.has('build');
    const exitCode = isHopeless ? 1 : await programs.run(file, args, folder === undefined ? {} : { folder });
    if (exitCode !== 0) failed.add(name);
  }
  console.log(`\n== ${checks.length - failed.size} of ${checks.length} checks passed`);
  for (const name of failed) console.error(`failed: ${name}`);
  return { passed: checks.length - failed.size, failed: failed.size, skipped: 0 };
}

import type { ChildPrograms } from '../run-tests/child-programs.ts';
import type { TestCounts } from '../run-tests/test-counts.ts';
import type { Check } from './checks.ts';

/** Runs the checks one after the other, whether others fail or not, and prints which failed. */
export async function performChecks(
  checks: readonly Check[],
  programs: Pick<ChildPrograms, 'run'>,
  shared: NodeJS.ProcessEnv = {},
): Promise<TestCounts> {
  const failed = new Set<string>();
  for (const { name, file, args, folder = '.', needsBuild, environment } of checks) {
    console.log(`\n== ${name}`);
    const isHopeless = needsBuild === true && failed.has('build');
    const settings = { folder, environment: { ...shared, ...environment } };
    const exitCode = isHopeless ? 1 : await programs.run(file, args, settings);
    if (exitCode !== 0) failed.add(name);
  }
  console.log(`\n== ${checks.length - failed.size} of ${checks.length} passed`);
  for (const name of failed) console.error(`failed: ${name}`);
  return { passed: checks.length - failed.size, failed: failed.size, skipped: 0 };
}

import type { ChildPrograms } from '../run-tests/child-programs.ts';
import type { TestCounts } from '../run-tests/test-counts.ts';
import type { Check } from './checks.ts';

/** How checks are run. */
export interface CheckSettings {
  /** Variables that all of them get. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Maximum number at a time. Default 1. With more, each prints its output when it ends. */
  readonly atOnce?: number;
}

/**
 * Runs the checks, whether others fail or not, and prints how long each took. They start in their order, except that those of the
 * build are passed over while it runs.
 */
export async function performChecks(
  checks: readonly Check[],
  programs: Pick<ChildPrograms, 'run'>,
  { environment: shared = {}, atOnce = 1 }: CheckSettings = {},
): Promise<TestCounts> {
  const failed = new Set<string>();
  const waiting = [...checks];
  const build = Promise.withResolvers<void>();
  let isBuilt = !checks.some(({ name }) => name === 'build');

  const perform = async ({ name, file, args, needsBuild, environment }: Check) => {
    const startMs = performance.now();
    if (atOnce === 1) console.log(`\n== ${name}`);
    const settings = { environment: { ...shared, ...environment }, printsAtEnd: atOnce > 1 };
    const isHopeless = needsBuild === true && failed.has('build');
    const exitCode = isHopeless ? 1 : await programs.run(file, args, settings);
    if (exitCode !== 0) failed.add(name);
    console.log(
      `== ${name}: ${exitCode === 0 ? 'passed' : 'FAILED'}, ${((performance.now() - startMs) / 1000).toFixed(1)} s`,
    );
    if (name === 'build') {
      isBuilt = true;
      build.resolve();
    }
  };
  const lane = async () => {
    while (waiting.length > 0) {
      const next = waiting.findIndex(({ needsBuild }) => isBuilt || !needsBuild);
      if (next < 0) await build.promise;
      else await Promise.all(waiting.splice(next, 1).map(perform));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  console.log(`\n== ${checks.length - failed.size} of ${checks.length} passed`);
  return { passed: checks.length - failed.size, failures: [...failed], skipped: 0 };
}

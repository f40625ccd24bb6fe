// All checks, all tests and all full tests: what `.ci/run` runs. A check counts as one test.
import { inspect } from 'node:util';
import { ChildPrograms } from '../run-tests/child-programs.ts';
import { runFullTests } from '../run-tests/run-full-tests.ts';
import { runUnitTests } from '../run-tests/run-unit-tests.ts';
import { closingLines, sumOf, type TestCounts } from '../run-tests/test-counts.ts';
import { testServices } from '../services/test-services.ts';
import { workspaceRoot as root } from '../workspace/workspace-root.ts';
import { checksOf, mutantChecks } from './checks.ts';
import { performChecks } from './perform-checks.ts';

const programs = new ChildPrograms(root);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => programs.stop());

const counts: TestCounts[] = [];
for (const part of [
  () => performChecks(checksOf(root), programs, { atOnce: 2 }),
  ...mutantChecks().map((check) => () => performChecks([check], programs)),
  () => runUnitTests(root, programs, []),
  () => runFullTests({ root, programs, services: testServices, names: [], isCi: true }),
]) {
  try {
    counts.push(await part());
  } catch (error) {
    counts.push({ passed: 0, failures: [inspect(error)], skipped: 0 });
  }
}
const sum = sumOf(counts);
console.log(`\n${closingLines(sum)}`);
process.exitCode = sum.failures.length > 0 || programs.stopped ? 1 : 0;

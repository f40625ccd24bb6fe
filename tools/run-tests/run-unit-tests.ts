import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildPrograms } from './child-programs.ts';
import { sumOf, type TestCounts } from './test-counts.ts';
import { testProjectsOf } from './test-projects.ts';
import { readTestReport } from './test-report.ts';

/** Runs the tests that need nothing, through Nx and its cache. Reports of cached runs come from the cache. */
export async function runUnitTests(
  root: string,
  programs: ChildPrograms,
  args: readonly string[],
): Promise<TestCounts> {
  const projects = testProjectsOf(root, 'unit').map((project) => ({
    ...project,
    report: join(root, project.folder, '.test-report/unit.json'),
  }));
  for (const { report } of projects) rmSync(report, { force: true });
  const exitCode = await programs.run('node_modules/.bin/nx', [
    'run-many',
    '-t',
    'test',
    '--output-style=static',
    ...args,
  ]);
  const counts = projects.map(({ folder, testFiles, report }) => {
    // The exit code is that of all projects together: it says nothing about one of them.
    const outcome = readTestReport(report, { testFiles: testFiles.length, exitCode: 0 });
    for (const complaint of outcome.complaints) console.error(`${folder}: ${complaint}`);
    return outcome.counts;
  });
  const sum = sumOf(counts);
  if (exitCode === 0 || sum.failed > 0) return sum;
  console.error('nx failed although no test did');
  return { ...sum, failed: 1 };
}

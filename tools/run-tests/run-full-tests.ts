import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestService } from '../services/running-service.ts';
import { startServices } from '../services/start-services.ts';
import type { ChildPrograms } from './child-programs.ts';
import { sumOf, type TestCounts } from './test-counts.ts';
import { type TestProject, testProjectsOf } from './test-projects.ts';
import { readTestReport } from './test-report.ts';

/** What a full run is made of. */
export interface FullRun {
  readonly root: string;
  readonly programs: ChildPrograms;
  readonly services: readonly TestService[];
  /** Names of folders of projects; empty for all. */
  readonly names: readonly string[];
  /** In CI a service that is not there is a failure; elsewhere it is told, and its tests skip themselves. */
  readonly isCi: boolean;
}

/** Starts the real services, runs the tests that need them, project by project, and stops the services, whatever happens. */
export async function runFullTests({ root, programs, services: wanted, names, isCi }: FullRun): Promise<TestCounts> {
  const services = await startServices(wanted, (line) => console.log(line));
  for (const line of services.missing) console.error(line);
  const missing = { passed: 0, failed: isCi ? services.missing.length : 0, skipped: 0 };
  const environment = { ...services.environment, VIDEOSTORAGE_TESTS: 'full' };
  const counts: TestCounts[] = [missing];
  try {
    const projects = testProjectsOf(root, 'full').filter(({ testFiles }) => testFiles.length > 0);
    for (const project of projects.filter(({ folder }) => isChosen(folder, names))) {
      counts.push(await runProject(root, programs, project, environment));
    }
  } finally {
    await services.stop();
  }
  return sumOf(counts);
}

function isChosen(folder: string, names: readonly string[]): boolean {
  return names.length === 0 || names.some((name) => folder === name || folder.endsWith(`/${name}`));
}

async function runProject(
  root: string,
  programs: ChildPrograms,
  { folder, testFiles }: TestProject,
  environment: NodeJS.ProcessEnv,
): Promise<TestCounts> {
  const report = join(root, folder, '.test-report/full.json');
  rmSync(report, { force: true });
  const exitCode = await programs.run('node_modules/.bin/vitest', ['run'], { folder, environment });
  const { counts, complaints } = readTestReport(report, { testFiles: testFiles.length, exitCode });
  for (const complaint of complaints) console.error(`${folder}: ${complaint}`);
  return counts;
}

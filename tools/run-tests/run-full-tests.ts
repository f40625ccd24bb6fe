import type { TestService } from '../services/running-service.ts';
import { startServices } from '../services/start-services.ts';
import type { ChildPrograms } from './child-programs.ts';
import { runVitest } from './run-vitest.ts';
import { sumOf, type TestCounts } from './test-counts.ts';
import { byProject, testFilesOf } from './test-files.ts';

/** Options of a full run. */
export interface FullRun {
  readonly root: string;
  readonly programs: Pick<ChildPrograms, 'run'>;
  readonly services: readonly TestService[];
  /** Names of folders of projects; empty for all. */
  readonly names: readonly string[];
  /** In CI a missing service is a failure; elsewhere it is reported, and its tests are skipped. */
  readonly isCi: boolean;
}

/**
 * Starts the real services, runs the tests that need them, project by project, and always stops the services.
 * @throws {Error} for a name that no project with full tests has
 */
export async function runFullTests({ root, programs, services: wanted, names, isCi }: FullRun): Promise<TestCounts> {
  const projects = byProject(testFilesOf(root, 'full'));
  const unknown = names.filter((name) => ![...projects.keys()].some((folder) => isNamed(folder, name)));
  if (unknown.length > 0)
    throw new Error(`no full tests in ${unknown.join(', ')}; there are some in ${[...projects.keys()].join(', ')}`);
  const services = await startServices(wanted, (line) => console.log(line));
  for (const line of services.missing) console.error(line);
  const missing = { passed: 0, failures: isCi ? services.missing : [], skipped: 0 };
  const environment = { ...services.environment, VIDEOSTORAGE_TESTS: 'full' };
  const counts: TestCounts[] = [missing];
  try {
    for (const [folder, testFiles] of projects) {
      if (names.length > 0 && !names.some((name) => isNamed(folder, name))) continue;
      counts.push(await runVitest(programs, { root, folder, kind: 'full', environment, testFiles }));
    }
  } finally {
    await services.stop();
  }
  return sumOf(counts);
}

function isNamed(folder: string, name: string): boolean {
  return folder === name || folder.endsWith(`/${name}`);
}

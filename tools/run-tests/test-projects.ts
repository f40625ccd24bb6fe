import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import { examplesOf, packagesOf } from '../workspace/workspaces.ts';

/** Which tests: those that need nothing, or those that need services and a browser. */
export type TestKind = 'unit' | 'full';

/** A folder with tests of its own. */
export interface TestProject {
  /** Relative to the root. */
  readonly folder: string;
  /** Its test files of the kind that was asked for, type tests included. */
  readonly testFiles: readonly string[];
}

/** All packages, the examples that have a test script, and the tools. */
export function testProjectsOf(root: string, kind: TestKind): readonly TestProject[] {
  const workspaces = [...packagesOf(root), ...examplesOf(root)].filter(({ manifest }) => manifest.scripts?.['test']);
  const tools = existsSync(join(root, 'tools/project.json')) ? [{ folder: 'tools', tests: 'tools' }] : [];
  return [...workspaces.map(({ folder }) => ({ folder, tests: `${folder}/src` })), ...tools].map(
    ({ folder, tests }) => ({ folder, testFiles: filesBelow(root, [tests]).filter((file) => isTest(file, kind)) }),
  );
}

function isTest(file: string, kind: TestKind): boolean {
  const isFull = file.endsWith('.full.test.ts');
  return kind === 'full' ? isFull : !isFull && /\.(test|test-d)\.ts$/.test(file);
}

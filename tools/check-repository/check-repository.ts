import { workspaceRoot } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';
import { checkDependencyCount } from './dependency-count.ts';
import { checkFolderNames } from './folder-names.ts';
import { checkManifest } from './manifest.ts';
import { checkNamedThreats } from './named-threats.ts';
import { checkPackageExports } from './package-exports.ts';
import { checkReadmeTable } from './readme-table.ts';
import type { RepositoryProblem } from './repository-problem.ts';
import { checkRequiredFiles } from './required-files.ts';
import { checkSdkCopies } from './sdk-copies.ts';
import { checkUnfinishedWork } from './unfinished-work.ts';

/** All that is not as it should be in the tree at `root`; empty when nothing is wrong. */
export function checkRepository(root: string): readonly RepositoryProblem[] {
  const packages = packagesOf(root);
  return [
    ...checkRequiredFiles(root, packages),
    ...packages.flatMap((found) => [...checkManifest(found), ...checkPackageExports(root, found)]),
    ...checkFolderNames(root),
    ...checkUnfinishedWork(root),
    ...checkSdkCopies(root, packages),
    ...checkDependencyCount(root, packages),
    ...checkReadmeTable(root, packages),
    ...checkNamedThreats(root),
  ];
}

if (import.meta.main) {
  const problems = checkRepository(workspaceRoot);
  for (const { where, message } of problems) console.error(`${where}: ${message}`);
  console.log(problems.length === 0 ? 'check-repository: passed' : `check-repository: ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

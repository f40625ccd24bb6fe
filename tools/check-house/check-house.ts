import { workspaceRoot } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';
import { checkDependencyCount } from './dependency-count.ts';
import { checkFolderNames } from './folder-names.ts';
import type { HouseProblem } from './house-problem.ts';
import { checkManifest } from './manifest.ts';
import { checkNamedThreats } from './named-threats.ts';
import { checkPackageExports } from './package-exports.ts';
import { checkReadmeTable } from './readme-table.ts';
import { checkRequiredFiles } from './required-files.ts';
import { checkSdkCopies } from './sdk-copies.ts';
import { checkUnfinishedWork } from './unfinished-work.ts';

/** All that is not as it should be in the tree at `root`; empty when the house is in order. */
export function checkHouse(root: string): readonly HouseProblem[] {
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
  const problems = checkHouse(workspaceRoot);
  for (const { where, message } of problems) console.error(`${where}: ${message}`);
  console.log(problems.length === 0 ? 'check-house: in order' : `check-house: ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

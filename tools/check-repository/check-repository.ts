// Checks of this repository that no other tool makes: `npm run check:repository`.
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';
import { checkDependencyCount } from './dependency-count.ts';
import { checkDocuments } from './documents.ts';
import { checkManifest } from './manifest.ts';
import { checkNamedThreats } from './named-threats.ts';
import type { RepositoryProblem } from './repository-problem.ts';
import { checkSdkCopies } from './sdk-copies.ts';
import { checkUnfinishedWork } from './unfinished-work.ts';

/** All problems of the tree at `root`. */
export function checkRepository(root: string): readonly RepositoryProblem[] {
  const packages = packagesOf(root);
  return [
    ...packages.flatMap(checkManifest),
    ...checkUnfinishedWork(root),
    ...checkSdkCopies(root, packages),
    ...checkDependencyCount(root, packages),
    ...checkDocuments(root, packages),
    ...checkNamedThreats(root),
  ];
}

if (import.meta.main) {
  const problems = checkRepository(workspaceRoot);
  for (const { where, message } of problems) console.error(`${where}: ${message}`);
  console.log(`check-repository: ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

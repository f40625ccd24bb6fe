import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

/** The README's table has a row for every package, linked to its folder, and links to no package that is not there. */
export function checkReadmeTable(root: string, packages: readonly Workspace[]): readonly RepositoryProblem[] {
  const path = join(root, 'README.md');
  if (!existsSync(path)) return [];
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const linked = new Set(rows.flatMap((row) => [...row.matchAll(/\]\((packages\/[\w-]+)\/?\)/g)].map(([, to]) => to)));
  const missing = packages
    .filter(({ folder, manifest }) => !rows.some((row) => row.includes(`[${manifest.name}](${folder})`)))
    .map(({ folder, manifest }) => `the table of packages lacks a row with [${manifest.name}](${folder})`);
  const dangling = [...linked]
    .filter((folder) => !packages.some((known) => known.folder === folder))
    .map((folder) => `the table of packages links to ${folder}, which is not there`);
  return [...missing, ...dangling].map((message) => ({ where: 'README.md', message }));
}

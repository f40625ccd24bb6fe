import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

/** The README's table has a row for every package, linked to its folder. */
export function checkReadmeTable(root: string, packages: readonly Workspace[]): readonly RepositoryProblem[] {
  const path = join(root, 'README.md');
  const rows = (existsSync(path) ? readFileSync(path, 'utf8') : '').split('\n').filter((line) => line.startsWith('|'));
  return packages
    .map(({ folder, manifest }) => `[${manifest.name}](${folder})`)
    .filter((link) => !rows.some((row) => row.includes(link)))
    .map((link) => ({ where: 'README.md', message: `the table of packages lacks a row with ${link}` }));
}

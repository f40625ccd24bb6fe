import { dirname } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import type { RepositoryProblem } from './repository-problem.ts';

const drawers = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc']);

/** No drawers: a folder is named after what is in it. */
export function checkFolderNames(root: string): readonly RepositoryProblem[] {
  const folders = new Set(filesBelow(root, ['packages', 'examples', 'tools']).flatMap((file) => ancestorsOf(file)));
  return [...folders]
    .filter((folder) => drawers.has(folder.slice(folder.lastIndexOf('/') + 1)))
    .map((folder) => ({ where: folder, message: 'is a drawer: name folders after what is in them' }));
}

function ancestorsOf(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...ancestorsOf(folder)];
}

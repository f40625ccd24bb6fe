import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import type { RepositoryProblem } from './repository-problem.ts';

/** Put together, so that this file does not find itself. */
const pattern = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);

/** No note on work that is left: it is done, or it stands in an issue. */
export function checkUnfinishedWork(root: string): readonly RepositoryProblem[] {
  return filesBelow(root, ['packages', 'examples', 'tools'])
    .filter((file) => /\.(ts|tsx|mts|cts|js|mjs|cjs|css|html|md|yaml)$/.test(file))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n');
      return lines.map((line, index) => ({ where: `${file}:${index + 1}`, mark: pattern.exec(line)?.[0] }));
    })
    .filter(({ mark }) => mark !== undefined)
    .map(({ where, mark }) => ({ where, message: `says ${mark}: do it, or file an issue` }));
}

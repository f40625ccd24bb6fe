import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import type { RepositoryProblem } from './repository-problem.ts';

/** Concatenated, so that this file does not contain the words itself. */
const pattern = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);

/** Refuses notes about unfinished work: it is done, or there is an issue. */
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

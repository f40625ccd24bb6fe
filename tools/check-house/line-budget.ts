import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import type { HouseProblem } from './house-problem.ts';

const maxLines = 400;

/** No source file, test or benchmark has more than 400 lines. */
export function checkLineBudget(root: string): readonly HouseProblem[] {
  return filesBelow(root, ['packages', 'examples', 'tools'])
    .filter((file) => /\.(ts|tsx|mts|cts|js|mjs|cjs)$/.test(file))
    .flatMap((file) => {
      const lines = countLines(readFileSync(join(root, file), 'utf8'));
      return lines > maxLines
        ? [{ where: file, message: `has ${lines} lines, the budget is ${maxLines}: split it` }]
        : [];
    });
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

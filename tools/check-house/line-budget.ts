import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import type { HouseProblem } from './house-problem.ts';

const maxLines = 400;
/** A client of one provider's API may be longer where cutting it would spread one thing over several files. */
const maxLinesOfClients = 520;

/** A file has at most 400 lines; a client of one provider's API at most 520. */
export function checkLineBudget(root: string): readonly HouseProblem[] {
  return filesBelow(root, ['packages', 'examples', 'tools'])
    .filter((file) => /\.(ts|tsx|mts|cts|js|mjs|cjs)$/.test(file))
    .flatMap((file) => {
      const budget = file.endsWith('-client.ts') ? maxLinesOfClients : maxLines;
      const lines = countLines(readFileSync(join(root, file), 'utf8'));
      return lines > budget ? [{ where: file, message: `has ${lines} lines, the budget is ${budget}: split it` }] : [];
    });
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

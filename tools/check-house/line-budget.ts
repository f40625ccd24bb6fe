import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import type { HouseProblem } from './house-problem.ts';

const sourceLines = 300;
const testLines = 400;

/** A source file has at most 300 lines, a test at most 400. */
export function checkLineBudget(root: string): readonly HouseProblem[] {
  return filesBelow(root, ['packages', 'examples', 'tools'])
    .filter((file) => /\.(ts|tsx|mts|cts|js|mjs|cjs)$/.test(file))
    .flatMap((file) => {
      const budget = /\.(test|test-d|bench)\.ts$/.test(file) ? testLines : sourceLines;
      const lines = countLines(readFileSync(join(root, file), 'utf8'));
      return lines > budget ? [{ where: file, message: `has ${lines} lines, the budget is ${budget}: split it` }] : [];
    });
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

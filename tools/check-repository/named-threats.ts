import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import type { RepositoryProblem } from './repository-problem.ts';

const page = 'docs/threats.md';
const id = /\bT-[A-Z]\d+\b|\bproperty \d+\b/gi;
const isTest = /\.(test|proof)\.tsx?$|^packages\/testing\/src\/suite\//;

/**
 * Every id of a threat or property that a file names has a row in `docs/threats.md`, and each row links to test files that
 * name it.
 */
export function checkNamedThreats(root: string): readonly RepositoryProblem[] {
  if (!existsSync(join(root, page))) return [{ where: page, message: 'is missing' }];
  const rows = rowsOf(readFileSync(join(root, page), 'utf8'));
  const named = filesBelow(root, ['packages', 'examples', 'tools', 'decisions'])
    .filter((file) => /\.(tsx?|md|css|html)$/.test(file))
    .flatMap((file) => idsIn(readFileSync(join(root, file), 'utf8')).map((found) => ({ file, found })));
  const undefinedIds = named
    .filter(({ found }) => !rows.some((row) => row.id === found))
    .map(({ file, found }) => ({ where: file, message: `names ${found}, which ${page} does not define` }));
  const isHeldBy = (defined: string, linked: string) =>
    named.some(({ file, found }) => found === defined && file === linked && isTest.test(file));
  const unheld = rows.flatMap(({ id: defined, tests }) => [
    ...(tests.length > 0 ? [] : [`defines ${defined}, and links to no test that names it`]),
    ...tests.flatMap((test) => (isHeldBy(defined, test) ? [] : [`defines ${defined}, which no test ${test} names`])),
  ]);
  const twice = rows
    .filter(({ id: defined }, index) => rows.findIndex((row) => row.id === defined) !== index)
    .map(({ id: defined }) => `defines ${defined} twice`);
  return [...undefinedIds, ...[...unheld, ...twice].map((message) => ({ where: page, message }))];
}

/** Rows of the tables whose first cell is an id, with the files that the row links to. */
function rowsOf(markdown: string): readonly { readonly id: string; readonly tests: readonly string[] }[] {
  return markdown.split('\n').flatMap((line) => {
    const first = /^\| (T-[A-Z]\d+|property \d+) \|/.exec(line)?.[1];
    if (first === undefined) return [];
    return [{ id: first, tests: [...line.matchAll(/\]\(\.\.\/([\w/.-]+)\)/g)].map(([, test]) => String(test)) }];
  });
}

function idsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(id)].map(([found]) => (/^p/i.test(found) ? found.toLowerCase() : found)))];
}

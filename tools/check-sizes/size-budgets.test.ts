import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { browserEntries } from '../check-bundles/browser-entries.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';

/** Read as text: importing it would pack and unpack built packages. */
const budgets = readFileSync(join(workspaceRoot, '.size-limit.ts'), 'utf8');

test.each([...new Set(browserEntries.map(({ file }) => file))])('what loads %s has a budget', (file) => {
  const built = file.replace(/^packages\/(.*)\/src\/(.*)\.tsx?$/, "'$1/dist/$2'");
  expect(built).toContain('/dist/');
  expect(budgets).toContain(built);
});

test('each entry with a budget is one that browsers or workers load', () => {
  const built = [...budgets.matchAll(/'([\w-]+)\/dist\/([\w/]+)'/g)].map(
    ([, folder, entry]) => `packages/${folder}/src/${entry}`,
  );
  expect(built.length).toBeGreaterThan(10);
  const known = browserEntries.map(({ file }) => file.replace(/\.tsx?$/, ''));
  expect(built.filter((entry) => !known.includes(entry))).toEqual([]);
});

// Compares the API of every entry, as built, with its report in `packages/*/api`: `npm run check:api`. With `--accept`
// (`npm run api:update`) it writes the reports, which are reviewed like any other change.
import { existsSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { workspaceRoot as root } from '../workspace/workspace-root.ts';
import { apiEntriesOf } from './api-entries.ts';
import { compiledEntries, compilerOptions, reportApi } from './api-report.ts';
import { PublishedTypes } from './published-types.ts';

const accept = process.argv.includes('--accept');
const entries = apiEntriesOf(root);
const built = entries.filter(({ declarations }) => existsSync(declarations));
const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, root);
const types = new PublishedTypes(
  built.map(({ declarations }) => declarations),
  options,
);

let failures = 0;
function fail(message: string): void {
  failures += 1;
  console.error(message);
}

for (const entry of entries.filter((each) => !built.includes(each))) {
  fail(`${entry.declarations} is missing: run npm run build first`);
}
for (const [entry, compiled] of compiledEntries(root, built)) {
  const report = `${entry.folder}/api/${entry.reportName}`;
  const { changed, problems } = reportApi(root, entry, types, compiled, accept);
  for (const problem of problems) fail(problem);
  if (changed && accept) console.log(`${report}: written`);
  if (changed && !accept) fail(`${report}: the API has changed; if intended, run npm run api:update`);
}
const known = new Set(entries.map(({ folder, reportName }) => `${folder}/api/${reportName}`));
for (const report of globSync('packages/*/api/*', { cwd: root }).filter((file) => !known.has(file))) {
  if (accept) rmSync(join(root, report));
  else fail(`${report} belongs to no entry of its package: remove it`);
}
console.log(
  failures === 0 ? `check-api: ${entries.length} entries match their reports` : `check-api: ${failures} failures`,
);
process.exitCode = failures === 0 ? 0 : 1;

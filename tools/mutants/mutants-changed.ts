// `npm run mutants:changed [-- BASE]`: mutates the sources that changed since BASE (or origin/main, if any), within ten minutes.
// Fails when a file that makes decisions was tested completely and too few mutants were noticed, or when Stryker fails.
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { changedSources } from './changed-sources.ts';
import { mutateFiles } from './mutate-files.ts';
import { mutateFile } from './run-stryker.ts';

const budgetMs = 10 * 60_000;

const files = changedSources(workspaceRoot, process.argv[2]);
const { failed, notRun } = mutateFiles(files, { mutate: (file, timeoutMs) => mutateFile(file, timeoutMs), budgetMs });
for (const file of notRun) console.log(`${file}: not tested completely, the time limit was reached`);
for (const file of failed) console.error(`${file}: too low a score, or Stryker failed: see above`);
console.log(`mutants:changed: ${files.length} files changed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

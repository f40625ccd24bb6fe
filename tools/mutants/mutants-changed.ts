// `npm run mutants:changed [-- BASE]`: mutates the sources that changed since BASE (default origin/main), within ten minutes.
// Fails when a file that decides was tried to the end and too few of its mutants were noticed, or when Stryker fails.
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { changedSources } from './changed-sources.ts';
import { mutateFiles } from './mutate-files.ts';
import { mutateFile } from './run-stryker.ts';

const budgetMs = 10 * 60_000;

const files = changedSources(workspaceRoot, process.argv[2] ?? 'origin/main');
const { lines, tooLow } = mutateFiles(files, { mutate: (file, timeoutMs) => mutateFile(file, timeoutMs), budgetMs });
for (const line of lines) console.log(line);
console.log(`mutants:changed: ${files.length} files changed, ${tooLow.length} with too low a score`);
process.exitCode = tooLow.length > 0 ? 1 : 0;

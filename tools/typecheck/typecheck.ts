// Checks the types of all workspaces: `npm run typecheck`. Those with equal settings are one program, so that shared files,
// above all the platform's types, are read and checked once. `npx tsc -p packages/core` checks one alone.
import ts from 'typescript';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { typecheckGroups } from './typecheck-groups.ts';

const host = { getCurrentDirectory: () => workspaceRoot, getCanonicalFileName: String, getNewLine: () => '\n' };
let errors = 0;
for (const { projects, options, files } of typecheckGroups(workspaceRoot)) {
  const startMs = performance.now();
  const program = ts.createProgram(files, options);
  // What they import from other workspaces is checked with those.
  const found = ts.sortAndDeduplicateDiagnostics(
    files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file))),
  );
  if (found.length > 0) console.error(ts.formatDiagnostics(found, host));
  errors += found.length;
  console.log(`${((performance.now() - startMs) / 1000).toFixed(1)} s  ${projects.join(', ')}`);
}
console.log(`typecheck: ${errors} errors`);
process.exitCode = errors === 0 ? 0 : 1;

// `npm run proof`: the full-size figures, run by hand and quoted. `-- --list` names them, `-- NAME …` runs some.
import { ChildPrograms } from '../run-tests/child-programs.ts';
import { closingLine } from '../run-tests/test-counts.ts';
import { testServices } from '../services/test-services.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { proofsOf, runProofs } from './run-proofs.ts';

const names = process.argv.slice(2);
const known = proofsOf(workspaceRoot);
const unknown = names.filter((name) => name !== '--list' && !known.has(name));
if (names.includes('--list')) {
  for (const [name, file] of known) console.log(`${name}\t${file}`);
} else if (unknown.length > 0) {
  console.error(`There is no proof ${unknown.join(', ')}; there are ${[...known.keys()].join(', ')}.`);
  process.exitCode = 1;
} else {
  const programs = new ChildPrograms(workspaceRoot);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => programs.stop());
  const counts = await runProofs({ root: workspaceRoot, programs, services: testServices, names });
  console.log(closingLine(counts));
  process.exitCode = counts.failed > 0 || programs.stopped ? 1 : 0;
}

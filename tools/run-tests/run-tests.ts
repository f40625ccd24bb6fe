// `npm test` (unit) and `npm run test:full` (full). Ends with the plain line `N passed, N failed`.
import { testServices } from '../services/test-services.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { ChildPrograms } from './child-programs.ts';
import { runFullTests } from './run-full-tests.ts';
import { runUnitTests } from './run-unit-tests.ts';
import { closingLines } from './test-counts.ts';

const [kind, ...args] = process.argv.slice(2);
if (kind !== 'unit' && kind !== 'full') throw new Error('name the tests to run: unit or full');

const programs = new ChildPrograms(workspaceRoot);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => programs.stop());

const isCi = Boolean(process.env['CI']);
const counts =
  kind === 'unit'
    ? await runUnitTests(workspaceRoot, programs, args)
    : await runFullTests({ root: workspaceRoot, programs, services: testServices, names: args, isCi });
if (programs.stopped) console.error('stopped before the end');
console.log(closingLines(counts));
process.exitCode = counts.failures.length > 0 || programs.stopped ? 1 : 0;

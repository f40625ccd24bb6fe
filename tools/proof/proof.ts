// `npm run proof`: full-size measurements, run by hand. A proof is a program that prints its figures and exits with 0 when
// they hold. `-- NAME …` runs some; for an unknown name the known ones are listed.
import { performChecks } from '../run-checks/perform-checks.ts';
import { ChildPrograms } from '../run-tests/child-programs.ts';
import { closingLines } from '../run-tests/test-counts.ts';
import { startServices } from '../services/start-services.ts';
import { testServices } from '../services/test-services.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { proofsOf } from './proofs.ts';

const proofs = proofsOf(workspaceRoot, process.argv.slice(2));
const programs = new ChildPrograms(workspaceRoot);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => programs.stop());
// Proofs may use the services of the full tests, with the same variables.
const services = await startServices(testServices, (line) => console.log(line));
for (const line of services.missing) console.error(line);
try {
  const counts = await performChecks(proofs, programs, { environment: services.environment });
  console.log(closingLines(counts));
  process.exitCode = counts.failures.length > 0 || programs.stopped ? 1 : 0;
} finally {
  await services.stop();
}

// 20,000 hostile requests to the routes in this process, and 3,000 as raw bytes on sockets: `npm run proof -- hostile-requests`.
// Holds when none is answered with a 5xx, a stack or the name of an error, and none reaches the log.
import { fuzzRoutes, fuzzSockets } from '../test-support/fuzz-routes.ts';

const SEED = 28_112_026;

for (const [name, report] of [
  ['routes', await fuzzRoutes(SEED, 20_000)],
  ['sockets', await fuzzSockets(SEED + 1, 3000)],
] as const) {
  const { sent, impossible, statuses, failures } = report;
  console.log(`${name}: ${sent} answered, ${impossible} that were no HTTP, by status ${JSON.stringify(statuses)}`);
  for (const { request, problem } of failures.slice(0, 20)) console.error(`${problem}\n  ${request}`);
  console.log(`${name}: ${failures.length} failures`);
  if (failures.length > 0 || sent === 0) process.exitCode = 1;
}

// Starts the services of the full tests and keeps them until Ctrl-C: `node tools/services/start.ts`.
import { once } from 'node:events';
import { startServices } from './start-services.ts';
import { testServices } from './test-services.ts';

const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const services = await startServices(testServices, (line) => console.error(line));
for (const line of services.missing) console.error(line);
for (const [name, value] of Object.entries(services.environment)) console.log(`export ${name}='${value}'`);
console.error('running; Ctrl-C stops them');
const idle = setInterval(() => undefined, 60_000);
await stopped;
clearInterval(idle);
await services.stop();
process.exitCode = services.missing.length === 0 ? 0 : 1;

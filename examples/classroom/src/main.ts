import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backends } from './backends/backends.ts';
import { Classroom } from './classroom.ts';

const DEFAULT_PORT = 4300;

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'local' },
    port: { type: 'string' },
    folder: { type: 'string', default: join(import.meta.dirname, '..', '.classroom') },
  },
});
const backend = backends[values.backend];
if (backend === undefined) {
  console.error(`There is no backend "${values.backend}"; choose ${Object.keys(backends).join(', ')}.`);
  process.exit(1);
}

const open = (port: number) => Classroom.open({ folder: values.folder, port, backend });
const classroom = await open(Number(values.port ?? DEFAULT_PORT)).catch((error: NodeJS.ErrnoException) => {
  // Somebody else has the usual port; a port that was asked for is not exchanged.
  if (error.code === 'EADDRINUSE' && values.port === undefined) return open(0);
  throw error;
});
console.log(`The classroom is open at ${classroom.url} (storage: ${values.backend}; Ctrl-C closes it)`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void classroom.close().then(() => process.exit(0));
  });
}

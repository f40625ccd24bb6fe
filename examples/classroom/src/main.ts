import { ConfigurationError, isVideoStorageError } from '@videostorage/core';
import { backends } from './backends/backends.ts';
import { Classroom } from './classroom.ts';
import { type DemoSettings, readCommandLine, USAGE, USUAL_PORT } from './command-line.ts';

try {
  const settings = readCommandLine(process.argv.slice(2));
  if (settings === undefined) console.log(USAGE);
  else await run(settings);
} catch (error) {
  // A user gets one sentence on what they can fix; anything else is a bug and is printed with its stack.
  console.error(isVideoStorageError(error) ? error.message : error);
  process.exitCode = 1;
}

async function run(settings: DemoSettings): Promise<void> {
  const classroom = await open(settings);
  console.log(`The classroom is open at ${classroom.url}`);
  console.log(`${classroom.storedAt} Press Ctrl-C to stop it.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void classroom.close().then(() => process.exit(0));
    });
  }
}

async function open({ backendName, port, folder }: DemoSettings): Promise<Classroom> {
  const openAt = (chosen: number) => Classroom.open({ folder, port: chosen, backend: backends[backendName] });
  try {
    return await openAt(port ?? USUAL_PORT);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Another program uses the usual port. A requested port is not replaced.
    if (code === 'EADDRINUSE' && port === undefined) {
      const classroom = await openAt(0);
      console.log(`Port ${USUAL_PORT} is in use: this classroom uses port ${classroom.port} and the folder ${folder}.`);
      return classroom;
    }
    if (code === 'EADDRINUSE') throw new ConfigurationError(`Port ${port} is in use; choose another, or omit --port.`);
    if (code === 'EACCES' || code === 'ENOTDIR' || code === 'EROFS') {
      const what = error instanceof Error ? error.message : '';
      throw new ConfigurationError(`The classroom could not start: ${what}. Choose another --port or --folder.`);
    }
    throw error;
  }
}

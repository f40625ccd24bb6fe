import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ConfigurationError } from '@videostorage/core';

/** Memory of a thread beside its WebAssembly memory, which it limits itself. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

/**
 * Starts a thread that probes files.
 * @throws {ConfigurationError} its program cannot be found
 */
export function startThread(): Worker {
  // Undefined when a bundler has converted this module to CommonJS.
  const here: string | undefined = import.meta.url;
  const beside = here === undefined ? undefined : new URL('./thread/probe-thread.ts', import.meta.url);
  const program = programOf(beside, here);
  // Next's bundler follows the argument of `new Worker`. For an address that it cannot determine it includes the whole folder,
  // and fails on the type declarations there. `Reflect.construct` hides the argument; the `new URL` above includes the program.
  return Reflect.construct(Worker, [
    program,
    { name: 'videostorage-media', execArgv: [], resourceLimits: RESOURCE_LIMITS },
  ]);
}

/**
 * The program beside the calling code. In a host app whose bundler has moved this code to another folder, it is the program of
 * the installed package, found from `from`, or without that from the working directory of the process.
 * @throws {ConfigurationError} there is neither
 */
export function programOf(beside: URL | undefined, from: string | undefined): URL {
  if (beside !== undefined && existsSync(beside)) return beside;
  try {
    const manifest = createRequire(from ?? `${process.cwd()}/`).resolve('@videostorage/media/package.json');
    return new URL('./dist/thread/probe-thread.js', pathToFileURL(manifest));
  } catch (cause) {
    throw cannotStart(cause);
  }
}

/** The error for a thread that cannot be started, for any reason. */
export function cannotStart(cause: unknown): ConfigurationError {
  return new ConfigurationError(
    'The thread that probes videos cannot start. Keep @videostorage/media out of the bundle (Next: serverExternalPackages; ' +
      'esbuild: external), so that its files stay together.',
    { cause },
  );
}

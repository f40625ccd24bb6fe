import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ConfigurationError } from '@videostorage/core';

/** What a thread may take beside its WebAssembly memory, which it bounds by itself. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

/**
 * Starts a thread that probes files.
 * @throws {ConfigurationError} its program cannot be found
 */
export function startThread(): Worker {
  // Undefined in what a bundler has made CommonJS of.
  const here: string | undefined = import.meta.url;
  const beside = here === undefined ? undefined : new URL('./thread/probe-thread.ts', import.meta.url);
  const program = programOf(beside, here);
  // Next's bundler follows what `new Worker` is given. Of an address that it cannot tell it takes the whole folder, and fails on
  // the declarations in it; it takes the program in by the `new URL` above.
  return Reflect.construct(Worker, [
    program,
    { name: 'videostorage-media', execArgv: [], resourceLimits: RESOURCE_LIMITS },
  ]);
}

/**
 * The program that stands beside the code which asks, or, in a host app whose bundler has taken our code to another folder, that of
 * the installed package; without a place (`from`) it is looked for from the folder that the process works in.
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

/** For a thread that cannot be started, whatever the reason. */
export function cannotStart(cause: unknown): ConfigurationError {
  return new ConfigurationError(
    'The thread that probes videos cannot start. Keep @videostorage/media out of the bundle (Next: serverExternalPackages; ' +
      'esbuild: external), so that its files stay together.',
    { cause },
  );
}

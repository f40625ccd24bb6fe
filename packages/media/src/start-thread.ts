import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** What a thread may take beside its WebAssembly memory, which it bounds by itself. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

/** Starts a thread that probes files. It fails later, by its `error` event, when its program cannot be found. */
export function startThread(): Worker {
  const beside = new URL('./thread/probe-thread.ts', import.meta.url);
  const options = { name: 'videostorage-media', execArgv: [], resourceLimits: RESOURCE_LIMITS };
  return new Worker(existsSync(beside) ? beside : installedThread(beside), options);
}

/** In a host whose bundler has taken our code to another folder, the program is that of the installed package. */
function installedThread(beside: URL): URL {
  try {
    const manifest = createRequire(import.meta.url).resolve('@videostorage/media/package.json');
    return new URL('./dist/thread/probe-thread.js', pathToFileURL(manifest));
  } catch (error) {
    // Not installed: the error of the thread names the file that is missing beside the bundle.
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return beside;
    throw error;
  }
}

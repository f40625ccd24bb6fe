import { createContext, Script } from 'node:vm';
import { build } from 'esbuild';

/**
 * The globals that workerd gives to a worker and that this package could use. There are no others: no `process`, `Buffer`,
 * `require`, `setImmediate`.
 */
const WEB_GLOBALS = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'FormData',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
  // Each realm has its own class; that of the encoder must be the one of the program.
  'Uint8Array',
  'atob',
  'btoa',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'performance',
  'queueMicrotask',
  'setTimeout',
  'structuredClone',
] as const;

/** A program bundled as for a worker, and the files that went into it. */
export interface WorkerBundle {
  readonly code: string;
  readonly inputs: readonly string[];
}

/** Bundles one entry with the conditions that bundlers set for workers. */
export async function bundleForWorker(entryPoint: string, format: 'esm' | 'iife'): Promise<WorkerBundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    metafile: true,
    format,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['@videostorage/source', 'workerd', 'worker', 'import'],
    ...(format === 'iife' && { globalName: 'bundle' }),
  });
  return { code: outputFiles?.[0]?.text ?? '', inputs: Object.keys(metafile?.inputs ?? {}) };
}

/** Runs a bundle, then an expression of it, in a realm of web globals only and without `eval`, as in a worker. */
export async function runInWorkerRealm(code: string, expression: string, given: object): Promise<unknown> {
  const globals = Object.fromEntries(WEB_GLOBALS.map((name) => [name, Reflect.get(globalThis, name)]));
  const realm = createContext({ ...globals, given }, { codeGeneration: { strings: false, wasm: false } });
  new Script(code).runInContext(realm);
  return new Script(`(async () => JSON.stringify(await (${expression})()))()`).runInContext(realm);
}

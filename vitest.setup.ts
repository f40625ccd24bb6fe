import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { propertyRuns } from './packages/core/test-support/property-runs.ts';

/** What files of one process have in common, by a name that each of them finds. */
interface SharedProcess {
  /** As the first file found them. */
  readonly globals: ReadonlyMap<string, unknown>;
  /** Vitest's own. */
  readonly waitFor: typeof vi.waitFor;
  hasPropertySettings: boolean;
  /** Whether the file before this one has replaced modules. */
  hasReplacedModules: boolean;
}

const GLOBALS = ['setTimeout', 'clearTimeout', 'setInterval', 'setImmediate', 'Date', 'fetch', 'performance', 'crypto'];
const NAME = Symbol.for('videostorage.tests.shared-process');
const found: SharedProcess | undefined = Reflect.get(globalThis, NAME);
const shared: SharedProcess = found ?? {
  globals: new Map(GLOBALS.map((name) => [name, Reflect.get(globalThis, name)])),
  waitFor: vi.waitFor,
  hasPropertySettings: false,
  hasReplacedModules: false,
};
Reflect.set(globalThis, NAME, shared);

// Vitest undoes stubs before each test: those of a file's last test would still hold while the next file imports.
vi.restoreAllMocks();
vi.unstubAllGlobals();
vi.unstubAllEnvs();

// What one file has loaded is loaded for all: who replaces a module (`vi.mock`) gets it loaded anew, and so does the next file.
const replacesModules = /^vi\.mock\(/m.test(readFileSync(String(expect.getState().testPath), 'utf8'));
if (replacesModules || shared.hasReplacedModules) vi.resetModules();
shared.hasReplacedModules = replacesModules;

// `expect.poll` has its bound in the configuration, and `vi.waitFor` can have none there: a second, which is short on a busy computer.
if (process.env['VIDEOSTORAGE_TESTS'] !== 'mutants') {
  vi.waitFor = (expected, options) => {
    const given = typeof options === 'number' ? { timeout: options } : options;
    return shared.waitFor(expected, { timeout: 50_000, ...given });
  };
}

// Files share a process: what one has changed and not restored would fail in another, which nobody suspects.
for (const [name, original] of shared.globals) {
  if (Reflect.get(globalThis, name) === original) continue;
  Reflect.set(globalThis, name, original);
  throw new Error(`an earlier test file of this process has not restored the global ${name}`);
}

// All properties of core share one seed, which the configuration chooses and prints. Those of other packages say how often they are tried.
const isCore = expect.getState().testPath?.includes('/packages/core/') === true;
if (isCore || shared.hasPropertySettings) {
  const { default: fc } = await import('fast-check');
  const seed = Number(process.env['VIDEOSTORAGE_PROPERTY_SEED']);
  fc.configureGlobal(isCore ? { seed, numRuns: propertyRuns } : {});
  shared.hasPropertySettings = isCore;
}

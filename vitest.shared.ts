import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** How one workspace differs from the others. */
export interface WorkspaceTests {
  /** Name of the workspace in reports. */
  readonly name: string;
  /** Folder that holds the tests. Default `src`. */
  readonly folder?: string | undefined;
  /** How many files of full tests run at a time. Default 2; 3 where files mostly wait for browsers or deadlines. */
  readonly fullWorkers?: number | undefined;
  /** How long a test or a hook may take. Default a minute, two for full tests. */
  readonly timeoutMs?: number | undefined;
}

/** A mutant that makes a test wait for good is noticed by this. */
const MUTANT_TIMEOUT_MS = 15_000;

/** A mutated source is longer, and imports what watches it: these would notice that and nothing else. */
const TESTS_OF_SOURCE_TEXT = ['regular-expressions', 'edge-runtime', 'infrastructure', 'host-size'].map(
  (name) => `**/${name}.test.ts`,
);

/**
 * Files share processes. A process has one environment: files that name another one (a page) come first, so that it changes once
 * and not every few files. Of both, files that count fake timers come before those that open connections: an idle connection sets
 * timers too.
 */
class SharedProcessOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const text = readFileSync(moduleId, 'utf8');
      return (text.startsWith('// @vitest-environment') ? 0 : 2) + (text.includes('vi.getTimerCount()') ? 0 : 1);
    };
    const sorted = Map.groupBy(await super.sort(files), place);
    return [0, 1, 2, 3].flatMap((group) => sorted.get(group) ?? []);
  }
}

/**
 * The first failure ends the run of a mutant: the tests of its own file come first (`a.test.ts`, `a.run.test.ts` of `a.ts`), then
 * the others, those that take least before those that take most.
 */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const mutated = (this.ctx.config.related ?? []).map((file) => basename(file).replace(/\.tsx?$/, ''));
    const cost = (file: TestSpecification) =>
      mutated.some((name) => basename(file.moduleId).startsWith(`${name}.`))
        ? -1
        : (this.ctx.cache.getTestSpecificationResult(file)?.duration ?? 0);
    return files.toSorted((one, other) => cost(one) - cost(other));
  }
}

/** All properties of core have this seed: who runs them prints it, so that they can be repeated. */
export const propertySeed: string = process.env['VIDEOSTORAGE_PROPERTY_SEED'] ?? String(Date.now() % 2 ** 31);

/**
 * The vitest configuration of a workspace. `VIDEOSTORAGE_TESTS=full` chooses the tests that need a real service or a
 * browser (`*.full.test.ts`), else they are excluded. Both write a report that `tools/run-tests` counts. `mutants` omits
 * tests that read source text, which a mutated source changes. Type tests (`*.test-d.ts`) are `npm run typecheck`'s.
 */
export function workspaceTests({ name, folder = 'src', fullWorkers = 2, timeoutMs }: WorkspaceTests): ViteUserConfig {
  const mutants = process.env['VIDEOSTORAGE_TESTS'] === 'mutants';
  const full = process.env['VIDEOSTORAGE_TESTS'] === 'full';
  // A test ends by itself: the bound is for one that hangs, not for one on a busy computer.
  const bound = mutants ? MUTANT_TIMEOUT_MS : (timeoutMs ?? (full ? 120_000 : 60_000));
  // A bench run counts nothing: it must not put its own report in the place of the tests'.
  const counts = !process.argv.includes('bench') && !mutants;
  const ignored = ['**/node_modules/**', '**/dist/**'];
  return defineConfig({
    resolve: { conditions: ['@videostorage/source'] },
    ssr: { resolve: { conditions: ['@videostorage/source', 'node'] } },
    test: {
      name,
      include: [full ? `${folder}/**/*.full.test.ts` : `${folder}/**/*.test.ts`],
      exclude: full ? ignored : [...ignored, '**/*.full.test.ts', ...(mutants ? TESTS_OF_SOURCE_TEXT : [])],
      passWithNoTests: true,
      // Unit tests share processes, so that imports are paid for once: a third of all computing. A file restores what it
      // changes of the process. A mutant of what a module computes when it is loaded needs it loaded anew.
      isolate: full || mutants,
      // The AWS SDK keeps context of its calls: Node 22 watches every promise for that, Node 24 does as with this option. A tenth
      // of the computing where the SDK is used.
      ...(!full && { execArgv: ['--experimental-async-context-frame'] }),
      unstubEnvs: true,
      unstubGlobals: true,
      restoreMocks: true,
      setupFiles: [fileURLToPath(new URL('vitest.setup.ts', import.meta.url))],
      env: { VIDEOSTORAGE_PROPERTY_SEED: propertySeed },
      reporters: counts
        ? ['default', ['json', { outputFile: `.test-report/${full ? 'full' : 'unit'}.json` }]]
        : ['default'],
      coverage: { provider: 'v8', include: [folder] },
      // So is that of what is waited for; of a mutant's it stays a second, since most of those never come.
      ...(!mutants && { expect: { poll: { timeout: bound - 10_000 } } }),
      testTimeout: bound,
      hookTimeout: bound,
      // One file more than there are cores: many wait for a deadline or a stalled connection, and another computes meanwhile.
      // Each process more compiles what all of them run once more.
      ...(counts && !full && { maxWorkers: availableParallelism() + 1 }),
      ...(!full && { sequence: { sequencer: mutants ? NearestFirst : SharedProcessOrder } }),
      // Real services and browsers share two cores: few files at a time.
      ...(full && { maxWorkers: fullWorkers }),
    },
  });
}

import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';
import { createVitest, type TestModule, type Vitest } from 'vitest/node';
import type { Mutant, MutantList } from './mutant.ts';
import { plantMutant } from './plant-mutant.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How the suite took a fault. */
export interface MutantOutcome {
  /** Tests that failed before the run broke off; 0 = the fault survived. */
  readonly failed: number;
  /** Tests that passed before. */
  readonly passed: number;
  /** The first test that noticed. */
  readonly noticedBy?: string;
}

/** Runs one storage's conformance suite again and again, each time with another fault planted: one Vitest for all of them. */
export class MutantRunner {
  readonly #list: MutantList;
  readonly #planting: Planting;
  readonly #vitest: Vitest;

  private constructor(list: MutantList, planting: Planting, vitest: Vitest) {
    this.#list = list;
    this.#planting = planting;
    this.#vitest = vitest;
  }

  /** Starts a Vitest in the list's package. */
  static async start(list: MutantList): Promise<MutantRunner> {
    const planting = new Planting(`${ROOT}${list.folder}/src/`);
    const vitest = await createVitest(
      'test',
      {
        root: `${ROOT}${list.folder}`,
        config: false,
        watch: false,
        // One failure is enough; a fault that makes a call hang counts as noticed, soon.
        bail: 1,
        testTimeout: 15_000,
        // The cache on disk knows files by their text, and a planted fault is not in it.
        fsModuleCache: false,
        reporters: [{}],
      },
      {
        plugins: [planting.plugin],
        resolve: { conditions: ['@videostorage/source'] },
        ssr: { resolve: { conditions: ['@videostorage/source', 'node', 'import'] } },
      },
    );
    return new MutantRunner(list, planting, vitest);
  }

  /** Ends it. */
  async close(): Promise<void> {
    await this.#vitest.close();
  }

  /** The suite with this fault, or with none. @throws when it could not be run, or the fault was not where it belongs */
  async run(mutant: Mutant | undefined): Promise<MutantOutcome> {
    for (const file of this.#planting.change(mutant)) this.#vitest.invalidateFile(file);
    const specifications = await this.#vitest.globTestSpecifications([this.#list.testFile]);
    const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications(specifications, false);
    const [suite] = testModules;
    if (suite === undefined || testModules.length > 1) throw new Error(`${this.#list.testFile} is not one file`);
    const name = `${this.#list.name}/${mutant?.id ?? 'without a fault'}`;
    refuseUnloaded(name, suite);
    this.#planting.refuseUnplanted(name);
    const failures = [...suite.children.allTests('failed')];
    const [noticed] = failures;
    return {
      // A run that breaks off has noticed too, if without a word.
      failed: Math.max(failures.length, suite.ok() && unhandledErrors.length === 0 ? 0 : 1),
      passed: [...suite.children.allTests('passed')].length,
      ...(noticed !== undefined && { noticedBy: noticed.name.split(':')[0] ?? noticed.name }),
    };
  }
}

/** A file that cannot be loaded has no tests: that is a fault in the list, not one that was noticed. */
function refuseUnloaded(name: string, suite: TestModule): void {
  const [test] = suite.children.allTests();
  if (test === undefined) throw new Error(`${name}: ${suite.errors()[0]?.message ?? 'no test ran'}`);
}

/** Plants one fault at a time while files are loaded; nothing is written. */
class Planting {
  /** To be handed to Vite. */
  readonly plugin: Plugin = {
    name: 'plant-mutant',
    enforce: 'pre',
    transform: (code, id) => this.#transform(code, id.split('?')[0] ?? id),
  };
  readonly #folder: string;
  #mutant: Mutant | undefined;
  #previousFile: string | undefined;
  #isPlanted = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** From now on this fault, and no other; the files that must be loaded anew. */
  change(mutant: Mutant | undefined): readonly string[] {
    const files = [this.#fileOf(this.#mutant), this.#fileOf(mutant)].filter((file) => file !== undefined);
    this.#previousFile = this.#fileOf(this.#mutant);
    this.#mutant = mutant;
    this.#isPlanted = false;
    return files;
  }

  /** @throws when the fault's file was not loaded, or the one before still has its fault: both would lie */
  refuseUnplanted(name: string): void {
    if (this.#mutant !== undefined && !this.#isPlanted) throw new Error(`${name}: its file was not loaded`);
    if (this.#previousFile !== undefined) throw new Error(`${name}: the fault before is still planted`);
  }

  #transform(code: string, file: string): string | undefined {
    if (file === this.#previousFile) this.#previousFile = undefined;
    if (this.#mutant === undefined || file !== this.#fileOf(this.#mutant)) return undefined;
    this.#isPlanted = true;
    return plantMutant(code, this.#mutant);
  }

  #fileOf(mutant: Mutant | undefined): string | undefined {
    return mutant && `${this.#folder}${mutant.file}`;
  }
}

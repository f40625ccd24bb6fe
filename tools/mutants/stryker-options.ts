/** What is mutated when nothing is named: the package's code, without tests, types and lists of exports. */
const CODE = ['src/**/*.ts', '!src/**/*.{test,test-d,bench}.ts', '!src/**/index.ts', '!src/contract/**'];

/** The options that differ from run to run. */
export interface StrykerSettings {
  /** The lowest share of noticed mutants, in per cent, with which a run passes; null for any. Default null. */
  readonly leastScore?: number | null;
  /** True: leaves out mutants of constants. Default false. */
  readonly ignoreStatic?: boolean;
}

/**
 * Settings for one package, with its folder as the working directory. Works in place, since configurations import files
 * outside it (`../../vitest.shared.ts`) and packages are linked to each other's source; Stryker restores the sources.
 */
export function strykerOptions(
  globs: readonly string[],
  { leastScore = null, ignoreStatic = false }: StrykerSettings,
): Readonly<Record<string, unknown>> {
  return {
    mutate: globs.length > 0 ? [...globs] : CODE,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'vitest.config.ts', related: true },
    inPlace: true,
    // Vitest checks no types, and turning checks off would rewrite every file of the package.
    disableTypeChecks: false,
    coverageAnalysis: 'perTest',
    // Mutants of constants are included, since constants are part of the decisions. Each needs all tests of the file:
    // otherwise constants that functions use would be mutated after they were evaluated, and survive.
    ignoreStatic,
    thresholds: { break: leastScore },
    warnings: { slow: false },
    concurrency: 1,
    timeoutMS: 5000,
    reporters: ['clear-text', 'json'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    jsonReporter: { fileName: '.test-report/mutants.json' },
    tempDirName: '.test-report/stryker',
    allowConsoleColors: false,
  };
}

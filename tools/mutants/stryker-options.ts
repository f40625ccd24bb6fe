/** What is mutated when nothing is named: the package's code, without tests, types and lists of exports. */
const CODE = ['src/**/*.ts', '!src/**/*.{test,test-d,bench}.ts', '!src/**/index.ts', '!src/contract/**'];

/**
 * Settings for one package, with its folder as the working directory. In place, since configurations reach out of the folder
 * (`../../vitest.shared.ts`) and packages find each other's source by links; Stryker puts the sources back when it ends.
 */
export function strykerOptions(globs: readonly string[], ignoreStatic: boolean): Readonly<Record<string, unknown>> {
  return {
    mutate: globs.length > 0 ? [...globs] : CODE,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'vitest.config.ts', related: true },
    inPlace: true,
    // Vitest checks no types, and turning checks off would rewrite every file of the package.
    disableTypeChecks: false,
    coverageAnalysis: 'perTest',
    // Constants of a file are part of what it decides. Each needs all tests of the file; without this, those that functions use
    // as well would be tried after they were computed, and survive.
    ignoreStatic,
    warnings: { slow: false },
    concurrency: 1,
    timeoutMS: 5000,
    reporters: ['clear-text', 'json'],
    clearTextReporter: {
      allowColor: false,
      allowEmojis: false,
      logTests: false,
      reportTests: false,
      reportScoreTable: true,
    },
    jsonReporter: { fileName: '.test-report/mutants.json' },
    tempDirName: '.test-report/stryker',
    allowConsoleColors: false,
  };
}

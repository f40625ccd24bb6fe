/** One planted fault: a piece of one line becomes another. */
export interface Mutant {
  /** What is broken, in a few words with hyphens; unique within its list. */
  readonly id: string;
  /** Below the package's `src`. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  /** Stands there instead. */
  readonly replace: string;
}

/** The faults planted in one storage, and the test that must notice each. */
export interface MutantList {
  /** Name in the output, and for `--only`. */
  readonly name: string;
  /** Folder of the package, from the root. */
  readonly folder: string;
  /** The conformance suite over this storage, below the folder. */
  readonly testFile: string;
  /** At least a dozen. */
  readonly mutants: readonly Mutant[];
}

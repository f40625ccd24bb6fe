/** How the files of a run ended. */
export interface MutantsReport {
  /** Stryker failed on them, or found too low a score. */
  readonly failed: readonly string[];
  /** The time limit was reached before all of their mutants were tested. */
  readonly notRun: readonly string[];
}

/** Mutates files one after another until the time limit. `mutate` returns Stryker's exit code, null at the time limit. */
export function mutateFiles(
  files: readonly string[],
  {
    mutate,
    budgetMs,
    now = Date.now,
  }: {
    readonly mutate: (file: string, timeoutMs: number) => number | null;
    readonly budgetMs: number;
    readonly now?: () => number;
  },
): MutantsReport {
  const endMs = now() + budgetMs;
  const codes = files.map((file) => (now() < endMs ? mutate(file, endMs - now()) : null));
  return {
    failed: files.filter((_, index) => codes[index] !== null && codes[index] !== 0),
    notRun: files.filter((_, index) => codes[index] === null),
  };
}

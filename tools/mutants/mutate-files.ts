import { decidingScore, isDeciding } from './deciding-files.ts';

/** How the mutants of one file ended; `undefined` where the time was over before all of them were tried. */
export type MutateFile = (file: string, timeoutMs: number) => FileScore | undefined;

/** Mutants of one file. */
export interface FileScore {
  readonly mutants: number;
  /** Share of them that a test noticed; of none, all. */
  readonly percent: number;
}

/** How the files of a run ended. */
export interface MutantsReport {
  /** A line for each file. */
  readonly lines: readonly string[];
  /** Files that decide and were tried to the end, with too few of their mutants noticed. */
  readonly tooLow: readonly string[];
}

/** Mutates files one after the other until the time is over, whatever is left then is reported as not run. */
export function mutateFiles(
  files: readonly string[],
  {
    mutate,
    budgetMs,
    now = Date.now,
  }: { readonly mutate: MutateFile; readonly budgetMs: number; readonly now?: () => number },
): MutantsReport {
  const endMs = now() + budgetMs;
  const lines: string[] = [];
  const tooLow: string[] = [];
  for (const file of files) {
    const leftMs = endMs - now();
    const score = leftMs > 0 ? mutate(file, leftMs) : undefined;
    if (score === undefined) {
      lines.push(`${file}: not run, the time was over`);
      continue;
    }
    const { mutants, percent } = score;
    const isLow = isDeciding(file) && percent < decidingScore;
    if (isLow) tooLow.push(file);
    const floor = isLow ? ` (at least ${decidingScore} %)` : '';
    lines.push(`${file}: ${Math.floor(percent * 10) / 10} % of ${mutants} mutants noticed${floor}`);
  }
  return { lines, tooLow };
}

import { decidingScore, isDeciding } from './deciding-files.ts';

/** How the mutants of one file ended; `undefined` where the time was over before all of them were tried. */
export type MutateFile = (file: string, timeoutMs: number) => FileScore | undefined;

/** Mutants of one file. */
export interface FileScore {
  readonly noticed: number;
  readonly survived: number;
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
    const percent = score && percentOf(score);
    const isLow = percent !== undefined && isDeciding(file) && percent < decidingScore;
    if (isLow) tooLow.push(file);
    lines.push(
      `${file}: ${percent === undefined ? 'not run, the time was over' : wordsOf(score, percent)}${isLow ? ` (at least ${decidingScore} %)` : ''}`,
    );
  }
  return { lines, tooLow };
}

/** A file without mutants has none that survive. */
function percentOf({ noticed, survived }: FileScore): number {
  return noticed + survived === 0 ? 100 : (100 * noticed) / (noticed + survived);
}

function wordsOf(score: FileScore | undefined, percent: number): string {
  return `${Math.floor(percent * 10) / 10} % of ${(score?.noticed ?? 0) + (score?.survived ?? 0)} mutants noticed`;
}

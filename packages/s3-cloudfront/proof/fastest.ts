const ROUNDS = 60;

/** The fastest of many short rounds in turns, each shorter than a turn of the scheduler, so that other work is left out of it. */
export async function fastest(measures: readonly (() => Promise<number>)[]): Promise<readonly number[]> {
  const best = measures.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, measure] of measures.entries()) best[index] = Math.min(best[index] ?? 0, await measure());
  }
  return best;
}

const ROUNDS = 60;

/**
 * The fastest of many short alternating rounds, each shorter than a time slice of the scheduler, so that other work does not
 * slow it down.
 */
export async function fastest(measures: readonly (() => Promise<number>)[]): Promise<readonly number[]> {
  const best = measures.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, measure] of measures.entries()) best[index] = Math.min(best[index] ?? 0, await measure());
  }
  return best;
}

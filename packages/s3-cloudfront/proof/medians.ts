const ROUNDS = 9;

/** Mean time of one call, in microseconds. */
export async function repeat(work: () => unknown, times: number): Promise<number> {
  const started = performance.now();
  for (let call = 0; call < times; call++) await work();
  return ((performance.now() - started) / times) * 1000;
}

/** Medians of several alternating rounds, so that a busy moment of the computer slows all measures down. */
export async function medians(measures: readonly (() => Promise<number>)[]): Promise<readonly number[]> {
  const samples: number[][] = measures.map(() => []);
  for (const measure of measures) await measure();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, measure] of measures.entries()) samples[index]?.push(await measure());
  }
  return samples.map((all) => all.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0);
}

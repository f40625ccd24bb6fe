import { expect, test } from 'vitest';
import type { Mutant } from './mutant.ts';
import { mutantLists } from './mutant-lists.ts';
import { runMutant } from './run-mutant.ts';

/** A few of each list, spread over it; `npm run mutants` tries all. */
const TRIED = 3;

const chosen = mutantLists.flatMap((list) => {
  const step = Math.floor(list.mutants.length / TRIED);
  const mutants: readonly Mutant[] = list.mutants.filter((_mutant, index) => index % step === 0).slice(0, TRIED);
  return mutants.map((mutant) => [`${list.name}/${mutant.id}`, list, mutant] as const);
});

test.each(chosen)('the suite notices %s', async (_id, list, mutant) => {
  expect((await runMutant(list, mutant)).failed).toBeGreaterThan(0);
});

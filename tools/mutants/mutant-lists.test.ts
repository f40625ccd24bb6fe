import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { mutantLists } from './mutant-lists.ts';
import { plantMutant } from './plant-mutant.ts';

/** How many faults a list has at least, where a dozen is too few. */
const LEAST: Readonly<Record<string, number>> = { memory: 24, local: 24 };
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe.each(mutantLists.map((list) => [list.name, list] as const))('the faults of %s', (_name, list) => {
  test('are many, each with an id of its own', () => {
    expect(list.mutants.length).toBeGreaterThanOrEqual(LEAST[list.name] ?? 12);
    expect(new Set(list.mutants.map((mutant) => mutant.id)).size).toBe(list.mutants.length);
  });

  test.each(list.mutants.map((mutant) => [mutant.id, mutant] as const))(
    '%s has its place in the code',
    (_id, mutant) => {
      const text = readFileSync(`${ROOT}${list.folder}/src/${mutant.file}`, 'utf8');
      expect(plantMutant(text, mutant)).not.toBe(text);
    },
  );
});

test('a fault whose place has moved is told, not passed over', () => {
  const mutant = { id: 'x', file: 'x.ts', find: 'a', replace: 'b' };
  expect(() => plantMutant('nothing', mutant)).toThrow('stands 0 times');
  expect(() => plantMutant('a a', mutant)).toThrow('stands 2 times');
});

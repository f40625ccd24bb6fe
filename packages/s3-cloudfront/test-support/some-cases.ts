import type { TestRunner } from '@videostorage/testing';
import { describe, test } from 'vitest';

/**
 * Runs of the conformance suite only the cases whose ids begin with one of these: those that a switch of the store can change.
 * A beginning that no case has fails, so that a renamed case is not left out in silence.
 */
export function someCases(...beginnings: readonly string[]): TestRunner {
  const unmet = new Set(beginnings);
  return {
    describe: (name, define) =>
      describe(name, () => {
        define();
        test('the cases that were asked for exist', ({ expect }) => expect([...unmet]).toEqual([]));
      }),
    test: (name, run) => {
      const met = beginnings.filter((beginning) => name.startsWith(beginning));
      for (const one of met) unmet.delete(one);
      return met.length === 0 ? undefined : test(name, run);
    },
  };
}

import type { TestRunner } from '@videostorage/testing';
import { describe, test } from 'vitest';

/**
 * Runs of the conformance suite only the cases whose ids begin with one of these: those that the way of sending can change.
 * Fails for a beginning that no case has, so that a renamed case is not skipped without notice.
 */
export function someCases(...beginnings: readonly string[]): TestRunner {
  return chosenCases(beginnings, (isNamed) => isNamed);
}

/** Runs all cases but those whose ids begin with one of these, which another run has. Fails, too, for a beginning that no case has. */
export function allCasesBut(...beginnings: readonly string[]): TestRunner {
  return chosenCases(beginnings, (isNamed) => !isNamed);
}

function chosenCases(beginnings: readonly string[], isChosen: (isNamed: boolean) => boolean): TestRunner {
  const unmet = new Set(beginnings);
  return {
    describe: (name, define) =>
      describe(name, () => {
        define();
        test('the cases that were named exist', ({ expect }) => expect([...unmet]).toEqual([]));
      }),
    test: (name, run) => {
      const met = beginnings.filter((beginning) => name.startsWith(beginning));
      for (const one of met) unmet.delete(one);
      return isChosen(met.length > 0) ? test(name, run) : undefined;
    },
  };
}

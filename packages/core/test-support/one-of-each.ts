import { propertyRuns } from './property-runs.ts';

/**
 * One item of each list, at another index each time, so that every index is covered by some list. All items in `npm run
 * proof -- properties`, which has the time for every combination.
 */
export function oneOfEach<T>(lists: readonly (readonly T[])[]): readonly T[] {
  if (propertyRuns >= 1000) return lists.flat();
  return lists.flatMap((list, index) => list.slice(index % list.length, (index % list.length) + 1));
}

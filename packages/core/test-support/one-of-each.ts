import { propertyRuns } from './property-runs.ts';

/**
 * Of each list one item, another place of the list each time, so that every place is taken from some lists. All items where
 * `npm run proof -- properties` runs, which has the time for every combination.
 */
export function oneOfEach<T>(lists: readonly (readonly T[])[]): readonly T[] {
  if (propertyRuns >= 1000) return lists.flat();
  return lists.flatMap((list, index) => list.slice(index % list.length, (index % list.length) + 1));
}

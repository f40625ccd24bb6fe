/** Longer names are not typing mistakes, and comparing takes time by the product of the lengths. */
const MAX_LENGTH = 64;

/**
 * The known name that was probably meant: it differs in case and separators only, or in at most a third of its characters (or
 * two), or one contains the other. Undefined when none is near.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > MAX_LENGTH) return undefined;
  const one = folded(given);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = distanceBetween(one, folded(name));
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance };
  }
  if (best !== undefined && best.distance <= Math.max(2, Math.floor(best.name.length / 3))) return best.name;
  // `maxSize` for `maxSizeBytes`, `secrets` for `referenceSecrets`.
  return one.length < 4 ? undefined : names.find((name) => folded(name).includes(one) || one.includes(folded(name)));
}

function folded(name: string): string {
  return name.replace(/[\s_-]/g, '').toLowerCase();
}

/** Edit distance: inserted, removed, replaced or swapped characters (optimal string alignment). */
function distanceBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next.push(
        Math.min(
          at(last, column) + 1,
          at(next, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = last;
    last = next;
  }
  return at(last, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

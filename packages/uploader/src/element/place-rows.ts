/**
 * Makes these the rows of a list, in this order. A node that is already in its place is not moved: moving it would remove
 * its focus.
 */
export function placeRows(list: HTMLElement, rows: readonly HTMLElement[]): void {
  const kept: ReadonlySet<Element> = new Set(rows);
  for (const row of [...list.children]) if (!kept.has(row)) row.remove();
  for (const [place, row] of rows.entries()) {
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  }
}

/** A part of a file: from `start` up to, not including, `end`. */
export interface CoveredRange {
  /** First byte. */
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
}

/** The union of ranges: tells quickly whether a position lies in one of very many. */
export class CoveredRanges {
  /** Sorted and apart from each other. */
  #ranges: CoveredRange[] = [];

  /** How many ranges there are, those that touch counted as one. */
  get size(): number {
    return this.#ranges.length;
  }

  /** Adds all of them, in any order: one walk, however many there are. */
  add(ranges: readonly CoveredRange[]): void {
    if (ranges.length === 0) return;
    const merged: CoveredRange[] = [];
    for (const range of [...this.#ranges, ...ranges].sort((one, other) => one.start - other.start)) {
      const last = merged.at(-1);
      if (last === undefined || range.start > last.end) merged.push(range);
      else if (range.end > last.end) merged[merged.length - 1] = { start: last.start, end: range.end };
    }
    this.#ranges = merged;
  }

  /** Whether the position lies inside one of them. */
  covers(position: number): boolean {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.start ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    const range = this.#ranges[low - 1];
    return range !== undefined && position < range.end;
  }
}

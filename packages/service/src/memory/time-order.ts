/** An item of a list ordered by time. */
export interface TimeOrdered {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Orders items of the same time. */
  readonly id: string;
}

/** Items in the order of (atMs, id): found by binary search, added at the end as long as time advances. */
export class TimeOrder<Item extends TimeOrdered> {
  readonly #items: Item[] = [];

  /** Number of items. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds an item in its place. */
  add(item: Item): void {
    this.#items.splice(this.#placeOf(item), 0, item);
  }

  /** Removes the item at this place. */
  remove(place: TimeOrdered): void {
    const index = this.#placeOf(place);
    const found = this.#items[index];
    if (found !== undefined && compare(found, place) === 0) this.#items.splice(index, 1);
  }

  /** The items after a place, or all of them, oldest first. */
  *oldest(after?: TimeOrdered): Generator<Item> {
    let index = after === undefined ? 0 : this.#placeOf(after);
    const first = this.#items[index];
    if (after !== undefined && first !== undefined && compare(first, after) === 0) index += 1;
    for (let item = this.#items[index]; item !== undefined; item = this.#items[index]) {
      yield item;
      index += 1;
    }
  }

  /** The items before a place, or all of them, newest first. */
  *newest(before?: TimeOrdered): Generator<Item> {
    let index = (before === undefined ? this.#items.length : this.#placeOf(before)) - 1;
    for (let item = this.#items[index]; item !== undefined; item = this.#items[index]) {
      yield item;
      index -= 1;
    }
  }

  /** The first index whose item is not before the place. */
  #placeOf(place: TimeOrdered): number {
    const last = this.#items.at(-1);
    if (last === undefined || compare(last, place) < 0) return this.#items.length;
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item !== undefined && compare(item, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(one: TimeOrdered, other: TimeOrdered): number {
  if (one.atMs !== other.atMs) return one.atMs - other.atMs;
  return one.id < other.id ? -1 : Number(one.id > other.id);
}

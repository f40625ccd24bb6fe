import type { AcceptedTimes } from './accepted-times.ts';

/** Counts by key; those that no longer matter leave a few at a time, so that no call ever waits for a big clean-up. */
export class CountTable {
  readonly #counts = new Map<string, AcceptedTimes>();
  /** Where the next sweep goes on, so that in time it comes round to all of them. */
  #sweeper: MapIterator<[string, AcceptedTimes]> = this.#counts.entries();

  /** How many counts it holds. */
  get size(): number {
    return this.#counts.size;
  }

  /** The count of a key. */
  get(key: string): AcceptedTimes | undefined {
    return this.#counts.get(key);
  }

  /** Keeps a count. */
  set(key: string, times: AcceptedTimes): void {
    this.#counts.set(key, times);
  }

  /** Looks at so many counts and drops those that no longer matter. */
  sweep(nowMs: number, atMost: number): void {
    for (let looked = 0; looked < atMost; looked++) {
      const next = this.#sweeper.next();
      if (next.done === true) {
        this.#sweeper = this.#counts.entries();
        return;
      }
      const [key, times] = next.value;
      if (!times.matters(nowMs)) this.#counts.delete(key);
    }
  }
}

import type { AcceptedTimes } from './accepted-times.ts';

/** Counts by key. Those without calls in their window are removed a few at a time, so that no call waits for a large clean-up. */
export class CountTable {
  readonly #counts = new Map<string, AcceptedTimes>();
  /** Where the next sweep continues; after the last count it starts again, so that every count is examined in time. */
  #sweeper: MapIterator<[string, AcceptedTimes]> = this.#counts.entries();

  /** Number of counts. */
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

  /** Examines up to `atMost` counts and removes those without calls in their window. */
  sweep(nowMs: number, atMost: number): void {
    for (let examined = 0; examined < atMost; examined++) {
      const next = this.#sweeper.next();
      if (next.done === true) {
        this.#sweeper = this.#counts.entries();
        return;
      }
      const [key, times] = next.value;
      if (!times.isActive(nowMs)) this.#counts.delete(key);
    }
  }
}

import type { RateLimitEntry, RateLimitResult, RateLimitStore } from '@videostorage/core';

/** Replaces a shared store: this process allows its share of each limit, with its own counts. */
export class LocalShare implements RateLimitStore {
  readonly #store: RateLimitStore;
  readonly #processes: number;

  /** `processes`: how many share each limit. */
  constructor(store: RateLimitStore, processes: number) {
    this.#store = store;
    this.#processes = processes;
  }

  /** Results have the rule's own limit, as those of the shared store do. @throws whatever the store throws */
  async take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    const results = await this.#store.take(entries.map((entry) => ({ ...entry, limit: this.#shareOf(entry.limit) })));
    return results.map((result, index) => ({ ...result, limit: entries[index]?.limit ?? result.limit }));
  }

  /**
   * Rounded down, so that all processes together allow no more than the limit; at least one, since a share of 0 would refuse
   * every call.
   */
  #shareOf(limit: number): number {
    return Math.max(1, Math.floor(limit / this.#processes));
  }
}

import type { RateLimitEntry, RateLimitResult, RateLimitStore } from '@videostorage/core';

/** Stands in for a shared store: this process allows its share of each limit, by counts of its own. */
export class LocalShare implements RateLimitStore {
  readonly #store: RateLimitStore;
  readonly #processes: number;

  /** `processes`: how many share each limit. */
  constructor(store: RateLimitStore, processes: number) {
    this.#store = store;
    this.#processes = processes;
  }

  /** Results name the rule's own limit, as those of the shared store do. @throws whatever the store throws */
  async take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    const results = await this.#store.take(entries.map((entry) => ({ ...entry, limit: this.#shareOf(entry.limit) })));
    return results.map((result, index) => ({ ...result, limit: entries[index]?.limit ?? result.limit }));
  }

  /** Rounded down, so that together they allow no more; one at least, since none would be a refusal. */
  #shareOf(limit: number): number {
    return Math.max(1, Math.floor(limit / this.#processes));
  }
}

/** The last keys that were added: a bounded memory of what was done already. */
export class RecentKeys {
  readonly #limit: number;
  readonly #keys = new Set<string>();

  /** Remembers this many. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Remembers the key, the oldest one being forgotten beyond the limit; false when it is known already. */
  add(key: string): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > this.#limit && oldest !== undefined) this.#keys.delete(oldest);
    return true;
  }
}

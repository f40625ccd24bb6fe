/** Keeps the newest `capacity` values and drops the oldest beyond that. */
export class BoundedCache<T> {
  readonly #capacity: number;
  readonly #entries = new Map<string, T>();

  /** `capacity`: the most values that it holds. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many values it holds. */
  get size(): number {
    return this.#entries.size;
  }

  /** The cached value, or a new one that is cached. */
  getOrMake(key: string, make: () => T): T {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.#entries.size >= this.#capacity) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, made);
    return made;
  }
}

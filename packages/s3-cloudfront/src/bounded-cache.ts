/** Remembers the newest `capacity` values; the oldest one makes room. */
export class BoundedCache<T> {
  readonly #capacity: number;
  readonly #entries = new Map<string, T>();

  /** A cache that never holds more than this. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many values it holds. */
  get size(): number {
    return this.#entries.size;
  }

  /** The remembered value, else a new one. */
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

/** So many times are forgotten together, so that a full count is not shifted with every call. */
const FORGOTTEN_TOGETHER = 16;

/** When the calls of one count were accepted, oldest first; never more of them than the limit. */
export class AcceptedTimes {
  /** At most this many in any window. */
  readonly limit: number;
  /** Length of the window. */
  readonly windowMs: number;
  readonly #times: number[];
  /** Those before it are forgotten; they are cut off together now and then. */
  #first = 0;

  /** `times`: what is counted already, oldest first. Default none. */
  constructor(limit: number, windowMs: number, times: number[] = []) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.#times = times;
  }

  /** How many are remembered. */
  get length(): number {
    return this.#times.length - this.#first;
  }

  /** The longest ago; undefined when there is none. */
  get oldest(): number | undefined {
    return this.#times[this.#first];
  }

  /** The last; undefined when there is none. */
  get newest(): number | undefined {
    return this.length === 0 ? undefined : this.#times[this.#times.length - 1];
  }

  /** Whether any call is still within the window. */
  matters(nowMs: number): boolean {
    return (this.newest ?? Number.NEGATIVE_INFINITY) > nowMs - this.windowMs;
  }

  /** Forgets what has left the window. */
  forget(nowMs: number): void {
    const untilMs = nowMs - this.windowMs;
    while (this.#first < this.#times.length && (this.#times[this.#first] ?? 0) <= untilMs) this.#first += 1;
    if (this.#first < FORGOTTEN_TOGETHER && this.#first < this.#times.length) return;
    this.#times.splice(0, this.#first);
    this.#first = 0;
  }

  /** Counts a call. */
  accept(nowMs: number): void {
    this.#times.push(nowMs);
  }

  /** A count of its own that begins with the same calls. */
  copy(): AcceptedTimes {
    return new AcceptedTimes(this.limit, this.windowMs, this.#times.slice(this.#first));
  }
}

/** Expired times are removed this many at once, so that a full count does not move its array with every call. */
const REMOVED_TOGETHER = 16;

/** When the calls of one count were accepted, oldest first; never more of them than the limit. */
export class AcceptedTimes {
  /** At most this many in any window. */
  readonly limit: number;
  /** Length of the window. */
  readonly windowMs: number;
  readonly #times: number[];
  /** Index of the first time in the window; those before it have expired and are removed later. */
  #first = 0;

  /** `times`: the calls that are counted already, oldest first. Default none. */
  constructor(limit: number, windowMs: number, times: number[] = []) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.#times = times;
  }

  /** How many calls are counted. */
  get length(): number {
    return this.#times.length - this.#first;
  }

  /** Time of the oldest call; undefined when there is none. */
  get oldest(): number | undefined {
    return this.#times[this.#first];
  }

  /** Time of the newest call; undefined when there is none. */
  get newest(): number | undefined {
    return this.length === 0 ? undefined : this.#times[this.#times.length - 1];
  }

  /** Whether any call is still within the window. */
  isActive(nowMs: number): boolean {
    return (this.newest ?? Number.NEGATIVE_INFINITY) > nowMs - this.windowMs;
  }

  /** Stops counting calls that have left the window. */
  expire(nowMs: number): void {
    const untilMs = nowMs - this.windowMs;
    while (this.#first < this.#times.length && (this.#times[this.#first] ?? 0) <= untilMs) this.#first += 1;
    if (this.#first < REMOVED_TOGETHER && this.#first < this.#times.length) return;
    this.#times.splice(0, this.#first);
    this.#first = 0;
  }

  /** Counts a call. */
  accept(nowMs: number): void {
    this.#times.push(nowMs);
  }

  /** A separate count that starts with the same calls. */
  copy(): AcceptedTimes {
    return new AcceptedTimes(this.limit, this.windowMs, this.#times.slice(this.#first));
  }
}

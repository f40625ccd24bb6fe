/** The times of the accepted calls of one count, oldest first; at most as many as the limit. */
export class AcceptedTimes {
  /** At most this many calls in any window. */
  readonly limit: number;
  /** Length of the window. */
  readonly windowMs: number;
  readonly #times: number[];

  /** `times`: the calls that are counted already, oldest first. Default none. */
  constructor(limit: number, windowMs: number, times: number[] = []) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.#times = times;
  }

  /** How many calls are counted. */
  get length(): number {
    return this.#times.length;
  }

  /** Time of the oldest call; undefined when there is none. */
  get oldest(): number | undefined {
    return this.#times[0];
  }

  /** Time of the newest call; undefined when there is none. */
  get newest(): number | undefined {
    return this.#times.at(-1);
  }

  /** Whether any call is still within the window. */
  isActive(nowMs: number): boolean {
    return (this.newest ?? Number.NEGATIVE_INFINITY) > nowMs - this.windowMs;
  }

  /** Stops counting calls that have left the window. */
  expire(nowMs: number): void {
    const untilMs = nowMs - this.windowMs;
    const firstActive = this.#times.findIndex((time) => time > untilMs);
    this.#times.splice(0, firstActive === -1 ? this.#times.length : firstActive);
  }

  /** Counts a call. */
  accept(nowMs: number): void {
    this.#times.push(nowMs);
  }

  /** A separate count that starts with the same calls. */
  copy(): AcceptedTimes {
    return new AcceptedTimes(this.limit, this.windowMs, [...this.#times]);
  }
}

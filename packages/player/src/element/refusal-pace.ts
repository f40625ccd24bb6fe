const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;
/** Who has come so far since has been helped by the last grant. */
const HELPED_SECONDS = 1;

/**
 * How often requests that are refused lead to a new grant. Engines ask again and again by themselves; where no grant helps, as
 * with a CDN that is set up wrongly, the host app is asked after pauses that double up to a minute.
 */
export class RefusalPace {
  readonly #now: () => number;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #position = Number.NaN;
  #pauseMs = 0;

  /** `now`: milliseconds that never go back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether a refusal at this position of the video may ask for a grant now; counts as asked when it may. */
  mayAsk(position: number): boolean {
    const nowMs = this.#now();
    if (nowMs - this.#askedAtMs < this.#pauseMs) return false;
    const isHelped = !(Math.abs(position - this.#position) < HELPED_SECONDS);
    this.#pauseMs = isHelped ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    this.#askedAtMs = nowMs;
    this.#position = position;
    return true;
  }
}

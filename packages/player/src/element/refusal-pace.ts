const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;
/** When playback has advanced by this much, the last grant has helped. */
const HELPED_SECONDS = 1;

/**
 * How often requests that are refused lead to a new grant. Engines repeat requests by themselves; when no grant helps, for
 * instance because the CDN is misconfigured, the host app is called after pauses that double up to a minute.
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

  /** Whether a refusal at this position of the video may request a grant now; if so, the request is counted. */
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

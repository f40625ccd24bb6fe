/** Pauses before each attempt to reload a source that is refused at one position. */
const PAUSES_MS = [0, 1000, 2000];
const SAME_PLACE_SECONDS = 0.5;

/** How often a source that is refused is loaded again. */
export class RecoveryPace {
  #position = Number.NaN;
  #times = 0;

  /** The pause before the next attempt at this position; undefined when it counts as unplayable. The attempt is counted. */
  nextPauseMs(position: number): number | undefined {
    const isSame = Math.abs(this.#position - position) < SAME_PLACE_SECONDS;
    this.#times = isSame ? this.#times + 1 : 0;
    this.#position = position;
    return PAUSES_MS[this.#times];
  }
}

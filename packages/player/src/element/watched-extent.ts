/** Two positions of one viewing lie at most so far apart; browsers report four a second, throttled tabs one. */
const LONGEST_STEP_SECONDS = 3;
/** Whoever seeks back to just behind the point that was reached goes on from it. */
const JOIN_SECONDS = 1;
/** Reports lie at least so far apart, in seconds of the video. */
const REPORT_EVERY_SECONDS = 5;

/**
 * The highest point up to which the video was watched without a gap: what was skipped does not count, and watching it later
 * closes the gap only when it is watched from the point that was reached.
 */
export class WatchedExtent {
  /** The video that was watched; the player may be asked for another one before this is reported. */
  readonly videoId: string;
  #seconds: number;
  #reported: number;
  /** NaN: nothing continues from there. */
  #last = Number.NaN;

  /** Of a video, from the point that an earlier visit has reached. */
  constructor(startAt = 0, videoId = '') {
    this.videoId = videoId;
    this.#seconds = startAt;
    this.#reported = startAt;
  }

  /** The point that was reached, in seconds. */
  get seconds(): number {
    return this.#seconds;
  }

  /** The video stands at this position while it plays; gives the point that was reached when it is time to report it. */
  playedAt(position: number, playbackRate: number): number | undefined {
    const last = this.#last;
    this.#last = position;
    const stepSeconds = position - last;
    const isOneViewing = stepSeconds > 0 && stepSeconds <= LONGEST_STEP_SECONDS * Math.max(1, playbackRate);
    if (!isOneViewing || last > this.#seconds + JOIN_SECONDS || position <= this.#seconds) return undefined;
    this.#seconds = position;
    return position - this.#reported >= REPORT_EVERY_SECONDS ? this.report() : undefined;
  }

  /** The viewer went somewhere else: the next position does not continue the last one. */
  seeked(): void {
    this.#last = Number.NaN;
  }

  /** The point that was reached, if it was not reported yet: for a pause, an end, a page that closes. */
  report(): number | undefined {
    if (this.#seconds <= this.#reported) return undefined;
    this.#reported = this.#seconds;
    return this.#seconds;
  }
}

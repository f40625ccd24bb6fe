/**
 * Largest distance between two positions of continuous viewing; browsers report four positions a second, throttled tabs one.
 */
const LONGEST_STEP_SECONDS = 3;
/** A seek to a position just after the point that was reached continues from it. */
const JOIN_SECONDS = 1;
/** Least distance between two reports, in seconds of the video. */
const REPORT_EVERY_SECONDS = 5;

/**
 * The highest point up to which the video was watched without a gap: what was skipped does not count, and watching it later
 * closes the gap only when it is watched from the point that was reached.
 */
export class WatchedExtent {
  /** The video that was watched; another one may be requested from the player before this is reported. */
  readonly videoId: string;
  #seconds: number;
  #reported: number;
  /** NaN: nothing continues from there. */
  #last = Number.NaN;

  /** Begins at the point that an earlier visit to the video has reached. */
  constructor(startAt = 0, videoId = '') {
    this.videoId = videoId;
    this.#seconds = startAt;
    this.#reported = startAt;
  }

  /** The point that was reached, in seconds. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Records a position during playback; returns the point that was reached when it must be reported. */
  playedAt(position: number, playbackRate: number): number | undefined {
    const last = this.#last;
    this.#last = position;
    const stepSeconds = position - last;
    const isOneViewing = stepSeconds > 0 && stepSeconds <= LONGEST_STEP_SECONDS * Math.max(1, playbackRate);
    if (!isOneViewing || last > this.#seconds + JOIN_SECONDS || position <= this.#seconds) return undefined;
    this.#seconds = position;
    return position - this.#reported >= REPORT_EVERY_SECONDS ? this.report() : undefined;
  }

  /** Records a seek: the next position does not continue the last one. */
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

import type { MediaSurface } from './media-surface.ts';

/** After this time without progress a media element has stalled: its source was refused, or is slow. */
const STALLED_MS = 500;
/** Of the event `timeupdate`: https://html.spec.whatwg.org/multipage/media.html#event-media-timeupdate */
const LONGEST_INTERVAL_MS = 250;

/** Observes the position of a media element while it plays. Must be stopped. */
export class MediaProgress {
  readonly #media: MediaSurface;
  readonly #beginAt: () => number;
  /** An element of this page always knows its position; a player in a frame reports it. */
  readonly #isExact: boolean;
  #lastPosition: number;
  #lastMovedAt = performance.now();
  /** Between its last two moves. */
  #intervalMs = 0;
  readonly #look = (): number => {
    const stillMs = performance.now() - this.#lastMovedAt;
    const { currentTime } = this.#media;
    if (currentTime === this.#lastPosition) return stillMs;
    this.#intervalMs = stillMs;
    [this.#lastPosition, this.#lastMovedAt] = [currentTime, performance.now()];
    return 0;
  };

  /** After a pause it has not stalled, however long that was. */
  readonly #start = (): void => {
    this.#look();
    this.#lastMovedAt = performance.now();
  };

  /** Begins to observe; `beginAt` is where it will begin, in seconds, as long as it is not loaded. */
  constructor(media: MediaSurface, beginAt: () => number = () => 0) {
    this.#media = media;
    this.#beginAt = beginAt;
    this.#isExact = globalThis.HTMLMediaElement !== undefined && media instanceof HTMLMediaElement;
    this.#lastPosition = media.currentTime;
    media.addEventListener('timeupdate', this.#look);
    media.addEventListener('play', this.#start);
  }

  /** Whether it should play and is not loaded, or has not advanced for half a second. */
  get isStalled(): boolean {
    const isStill = this.#look() > STALLED_MS || !this.#isLoaded;
    return isStill && !this.#media.paused;
  }

  /**
   * The position, in seconds. A player in a frame reports its own only four times a second, so while it plays the time since
   * the last report is added, at most that between the last two.
   */
  get position(): number {
    const stillMs = this.#look();
    const { paused, playbackRate, duration } = this.#media;
    if (!this.#isLoaded) return this.#beginAt();
    if (paused || this.#isExact || stillMs > STALLED_MS) return this.#lastPosition;
    const addedMs = Math.min(stillMs, this.#intervalMs, LONGEST_INTERVAL_MS);
    return Math.min(this.#lastPosition + (addedMs / 1000) * playbackRate, duration);
  }

  get #isLoaded(): boolean {
    return this.#media.duration > 0;
  }

  /** Ends the observation. */
  stop(): void {
    this.#media.removeEventListener('timeupdate', this.#look);
    this.#media.removeEventListener('play', this.#start);
  }
}

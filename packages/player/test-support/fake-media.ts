import type { MediaSurface } from '../src/element/media-surface.ts';

/** A film without a picture: its position advances with `performance.now()`, which fake timers control. */
export class FakeMedia extends EventTarget implements MediaSurface {
  duration = 60;
  volume = 1;
  muted = false;
  paused = true;
  /** How long a seek takes. */
  seekMs = 20;
  /** How long it takes from `play` until it moves. */
  startMs = 0;
  /** How far ahead of its position it starts to move, in seconds. */
  startAhead = 0;
  /** Whether the browser lets it play. */
  mayPlay = true;
  /** Every position that was asked for. */
  readonly sought: number[] = [];
  readonly #listeners = new Map<string, Set<(event: Event) => void>>();
  #isStalled = false;
  #reportMs = 0;
  #rate = 1;
  #position = 0;
  #since = performance.now();

  /** Begins at a position, playing or not. */
  constructor(position = 0, isPlaying = false) {
    super();
    this.#position = position;
    this.paused = !isPlaying;
  }

  get currentTime(): number {
    const sinceReportMs = this.#reportMs > 0 ? this.#movedMs % this.#reportMs : 0;
    return this.#positionAfter(this.#movedMs - sinceReportMs);
  }

  /** Where it is, also between two reports. */
  get picture(): number {
    return this.#positionAfter(this.#movedMs);
  }

  set currentTime(position: number) {
    this.sought.push(position);
    this.#moveTo(position);
    this.dispatchEvent(new Event('seeking'));
    setTimeout(() => this.dispatchEvent(new Event('seeked')), this.seekMs);
  }

  get playbackRate(): number {
    return this.#rate;
  }

  set playbackRate(rate: number) {
    this.#moveTo(this.picture);
    this.#rate = rate;
  }

  get ended(): boolean {
    return this.currentTime >= this.duration;
  }

  async play(): Promise<void> {
    if (!this.mayPlay) throw new DOMException('Not without a click.', 'NotAllowedError');
    this.#moveTo(this.picture + this.startAhead);
    this.#since += this.startMs;
    this.paused = false;
    this.dispatchEvent(new Event('play'));
  }

  pause(): void {
    this.#moveTo(this.picture);
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }

  /** From now on its position is known only by reports, as from a frame; for the rest of the test. */
  reportEvery(reportMs: number): void {
    this.#reportMs = reportMs;
    let reported = this.currentTime;
    setInterval(() => {
      if (reported !== this.currentTime) this.dispatchEvent(new Event('timeupdate'));
      reported = this.currentTime;
    }, 1);
  }

  /** Stalls from now on, although it plays, as when its source delivers nothing more. */
  stall(): void {
    this.#moveTo(this.picture);
    this.#isStalled = true;
  }

  /** Listeners that are there now. */
  get listeners(): number {
    return [...this.#listeners.values()].reduce((count, { size }) => count + size, 0);
  }

  override addEventListener(type: string, listener: (event: Event) => void): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
    super.addEventListener(type, listener);
  }

  override removeEventListener(type: string, listener: (event: Event) => void): void {
    this.#listeners.get(type)?.delete(listener);
    super.removeEventListener(type, listener);
  }

  get #movedMs(): number {
    return this.paused || this.#isStalled ? 0 : Math.max(0, performance.now() - this.#since);
  }

  #positionAfter(movedMs: number): number {
    return Math.min(this.duration || 0, this.#position + (movedMs / 1000) * this.#rate);
  }

  #moveTo(position: number): void {
    this.#position = position;
    this.#since = performance.now();
  }
}

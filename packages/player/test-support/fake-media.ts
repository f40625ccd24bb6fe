import type { MediaSurface } from '../src/element/media-surface.ts';

/** A film without a picture: its position advances with `performance.now()`, which fake timers control. */
export class FakeMedia extends EventTarget implements MediaSurface {
  duration = 60;
  volume = 1;
  muted = false;
  paused = true;
  /** How long a seek takes. */
  seekMs = 20;
  /** Whether the browser lets it play. */
  mayPlay = true;
  /** Every position that was asked for. */
  readonly sought: number[] = [];
  /** Listeners that are there now. */
  listeners = 0;
  #isStalled = false;
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
    const movedMs = this.paused || this.#isStalled ? 0 : performance.now() - this.#since;
    return Math.min(this.duration || 0, this.#position + (movedMs / 1000) * this.#rate);
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
    this.#moveTo(this.currentTime);
    this.#rate = rate;
  }

  get ended(): boolean {
    return this.currentTime >= this.duration;
  }

  async play(): Promise<void> {
    if (!this.mayPlay) throw new DOMException('Not without a click.', 'NotAllowedError');
    this.#moveTo(this.currentTime);
    this.paused = false;
    this.dispatchEvent(new Event('play'));
  }

  pause(): void {
    this.#moveTo(this.currentTime);
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }

  /** Stalls from now on, although it plays, as when its source delivers nothing more. */
  stall(): void {
    this.#moveTo(this.currentTime);
    this.#isStalled = true;
  }

  override addEventListener(type: string, listener: (event: Event) => void): void {
    this.listeners += 1;
    super.addEventListener(type, listener);
  }

  override removeEventListener(type: string, listener: (event: Event) => void): void {
    this.listeners -= 1;
    super.removeEventListener(type, listener);
  }

  #moveTo(position: number): void {
    this.#position = position;
    this.#since = performance.now();
  }
}

const WINDOW_MS = 8000;

/** Speed over the last eight seconds. */
export class SpeedMeter {
  #samples: { readonly atMs: number; readonly bytes: number }[] = [];

  /** Records how many bytes were sent at that time. Starts over when they are fewer than before: a connection has dropped. */
  add(atMs: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && (bytes < last.bytes || atMs < last.atMs)) this.#samples = [];
    this.#samples.push({ atMs, bytes });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? atMs) > WINDOW_MS) this.#samples.shift();
  }

  /** Forgets all samples: nothing is being sent. */
  reset(): void {
    this.#samples = [];
  }

  /** 0 before there are two samples. */
  get bytesPerSecond(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
    return Math.round(((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs));
  }
}

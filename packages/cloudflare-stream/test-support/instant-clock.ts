import type { Clock } from '@videostorage/core';

/** Time in which short waits are over at once, and deadlines pass when the test says so. */
export class InstantClock implements Clock {
  #nowMs = Date.parse('2026-11-23T02:15:00.000Z');
  readonly #waiting = new Set<() => void>();

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#nowMs;
  }

  /** Up to 2 seconds pass at once; longer waits last until `expire`. */
  async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (delayMs <= 2000) {
      this.#nowMs += delayMs;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const wake = () => {
        this.#waiting.delete(wake);
        this.#nowMs += delayMs;
        resolve();
      };
      const onAbort = () => {
        this.#waiting.delete(wake);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(wake);
    });
  }

  /** The longer waits are over. */
  expire(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

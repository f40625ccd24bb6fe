import type { Clock } from '@videostorage/core';

/** A clock whose short waits end at once, and whose deadlines pass when the test calls `expire`. */
export class InstantClock implements Clock {
  #nowMs = Date.parse('2026-11-23T02:15:00.000Z');
  readonly #waiting = new Set<() => void>();

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#nowMs;
  }

  /** Waits of up to 2 seconds end at once; longer ones last until `expire`. */
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

  /** Ends the longer waits. */
  expire(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

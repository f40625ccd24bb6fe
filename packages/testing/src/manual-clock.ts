import type { Clock } from '@videostorage/core';

/** Settings of `ManualClock`. */
export interface ManualClockOptions {
  /** Where it begins, in milliseconds since the epoch. Default: the computer's time. */
  readonly nowMs?: number | undefined;
}

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

/**
 * Time that stands still until a test moves it. Inject it into a storage to move expiry without waiting; keep the
 * retry handler on the computer's time, else its waits end only when the test says so.
 */
export class ManualClock implements Clock {
  #nowMs: number;
  #sleepers: readonly Sleeper[] = [];

  /** Stands still from here on. */
  constructor(options: ManualClockOptions = {}) {
    this.#nowMs = options.nowMs ?? Date.now();
  }

  /** How many are waiting. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#nowMs;
  }

  /** Resolves when the time has been moved that far; rejects with the signal's own reason. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#remove(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        atMs: this.#nowMs + delayMs,
        wake: () => {
          this.#remove(sleeper);
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers = [...this.#sleepers, sleeper].sort((one, other) => one.atMs - other.atMs);
    });
  }

  /** Moves the time on and wakes, in order, whoever's time has come. */
  advance(deltaMs: number): void {
    const untilMs = this.#nowMs + deltaMs;
    for (let next = this.#sleepers[0]; next !== undefined && next.atMs <= untilMs; next = this.#sleepers[0]) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#nowMs = untilMs;
  }

  #remove(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
  }
}

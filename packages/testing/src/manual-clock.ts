import { type Clock, checkOptions, type OptionSchemas, optional, optionOf } from '@videostorage/core';

/** Settings of `ManualClock`. */
export interface ManualClockOptions {
  /** Start time in milliseconds since the epoch. Default: the system's clock. */
  readonly nowMs?: number | undefined;
}

const OPTIONS = {
  nowMs: optional(
    optionOf(
      (value): value is number => typeof value === 'number' && Number.isFinite(value),
      'must be milliseconds since the epoch',
    ),
  ),
} satisfies OptionSchemas<ManualClockOptions>;

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

/**
 * A clock that stands still until a test advances it. Inject it into a storage to make tickets and grants expire without
 * waiting. Do not inject it into the `RetryHandler`, whose delays would then end only when the test advances the clock.
 */
export class ManualClock implements Clock {
  #nowMs: number;
  #sleepers: readonly Sleeper[] = [];

  /**
   * Creates a clock that stands still at the start time.
   * @throws {ConfigurationError} an option that does not exist, or
   * is not what it must be
   */
  constructor(options: ManualClockOptions = {}) {
    this.#nowMs = checkOptions('ManualClock', options, OPTIONS).nowMs ?? Date.now();
  }

  /** How many calls of `sleep` are waiting. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#nowMs;
  }

  /** Resolves when the clock has been advanced by `delayMs`; rejects with the signal's reason when that aborts. */
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

  /** Advances the clock by `deltaMs` milliseconds and resolves the calls of `sleep` that are due, in order. */
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

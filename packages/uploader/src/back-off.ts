import { type Clock, isVideoStorageError } from '@videostorage/core';

const BASE_MS = 250;
const CAP_MS = 20_000;
/** A longer `Retry-After` is not waited for: the upload fails with the answer that has it. */
const MAX_RETRY_AFTER_MS = 120_000;
const MAX_FAILURES = 12;

/**
 * Waits between tries: full jitter, `random() · min(20 s, 250 ms · 2^n)`, and at least the answer's `Retry-After`. Gives up
 * at the thirteenth failure in a row. `reset` starts over; called when bytes have arrived, and when a poll of the encoding
 * was answered.
 */
export class BackOff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Starts over with the shortest wait and no failures. */
  reset(): void {
    this.#failures = 0;
  }

  /**
   * Waits after a failure. @throws the error itself when it is not retryable, requires too long a wait, or is the thirteenth
   * in a row
   */
  async wait(error: unknown, signal: AbortSignal): Promise<void> {
    if (!isVideoStorageError(error) || !error.retryable) throw error;
    const askedMs = error.retryAfterMs ?? 0;
    if (askedMs > MAX_RETRY_AFTER_MS || this.#failures >= MAX_FAILURES) throw error;
    const delayMs = this.#random() * Math.min(CAP_MS, BASE_MS * 2 ** this.#failures);
    this.#failures += 1;
    await this.#clock.sleep(Math.max(askedMs, Math.floor(delayMs)), signal);
  }
}

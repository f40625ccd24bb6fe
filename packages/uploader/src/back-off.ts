import { type Clock, isVideoStorageError } from '@videostorage/core';

const BASE_MS = 250;
const CAP_MS = 20_000;
/** A host or storage that asks for more patience than this is not waited for: the upload fails with what it said. */
const MAX_RETRY_AFTER_MS = 120_000;
const MAX_FAILURES = 12;

/**
 * Waits between the tries of one thing: full jitter, `random() · min(20 s, 250 ms · 2^n)`, at least what the answer asked
 * for. Twelve failures in a row end it; `reset` begins a new row, and is called when bytes have arrived for certain, or an encoding is asked after and answered.
 */
export class BackOff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** There was progress. */
  reset(): void {
    this.#failures = 0;
  }

  /** Waits after a failure. @throws the error itself when trying again is of no use, or has been of none for too long */
  async wait(error: unknown, signal: AbortSignal): Promise<void> {
    if (!isVideoStorageError(error) || !error.retryable) throw error;
    const askedMs = error.retryAfterMs ?? 0;
    if (askedMs > MAX_RETRY_AFTER_MS || this.#failures >= MAX_FAILURES) throw error;
    const delayMs = this.#random() * Math.min(CAP_MS, BASE_MS * 2 ** this.#failures);
    this.#failures += 1;
    await this.#clock.sleep(Math.max(askedMs, Math.floor(delayMs)), signal);
  }
}

import { type Clock, systemClock } from '@videostorage/core';

/** What a test waits for is on this computer, and there much sooner. */
const HURRY = 20;

/** The computer's time, and hours that a test adds to it. Waits are a twentieth of what they should be. */
export class ShiftedClock implements Clock {
  #shiftMs = 0;

  /** Milliseconds since the epoch, shifted. */
  now(): number {
    return Date.now() + this.#shiftMs;
  }

  /** Rejects with the signal's own reason. */
  async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    await systemClock.sleep(delayMs / HURRY, signal);
  }

  /** Lets hours pass at once. */
  shift(hours: number): void {
    this.#shiftMs += hours * 3_600_000;
  }
}

import { type Clock, systemClock } from '@videostorage/core';

/** Waits are this much shorter, since the emulators on this computer are fast. */
const HURRY = 20;

/** The computer's time plus the hours that a test adds. Waits take a twentieth of the requested time. */
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

  /** Adds hours at once. */
  shift(hours: number): void {
    this.#shiftMs += hours * 3_600_000;
  }
}

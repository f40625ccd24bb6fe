import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@videostorage/core';

/** The computer's time, and hours that a test adds to it; waiting takes real time. */
export class ShiftedClock implements Clock {
  #shiftMs = 0;

  /** Milliseconds since the epoch, shifted. */
  now(): number {
    return Date.now() + this.#shiftMs;
  }

  /** Rejects with the signal's own reason. */
  async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    try {
      await sleep(delayMs, undefined, { signal });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  }

  /** Lets hours pass at once. */
  shift(hours: number): void {
    this.#shiftMs += hours * 3_600_000;
  }
}

import { type Clock, systemClock } from '@videostorage/core';

/** Time that stands still until a test moves it; whoever waits, waits by the computer's time. */
export class TestClock implements Clock {
  #nowMs: number;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(delayMs, signal);
  }

  advance(deltaMs: number): void {
    this.#nowMs += deltaMs;
  }
}

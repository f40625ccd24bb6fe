import { type Clock, systemClock } from '@videostorage/core';

/** A clock that does not advance until a test advances it; its `sleep` uses the computer's time. */
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

import type { Clock } from '@videostorage/core';

/** A loop that can be stopped. */
export interface MaintenanceHandle {
  /** Aborts a running sweep, and resolves when none is running any more. */
  stop(): Promise<void>;
}

/**
 * Runs work every so often until it is stopped: first after a random part of the wait, so that processes that start together
 * do not run together. Keeps no process alive. The work must not throw.
 */
export function startLoop(
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  random: () => number,
): MaintenanceHandle {
  const stopping = new AbortController();
  let running = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const plan = (delayMs: number) => {
    timer = setTimeout(() => {
      running = work(stopping.signal).then(() => {
        if (!stopping.signal.aborted) plan(everyMs);
      });
    }, delayMs);
    // Browsers' and workers' timers are numbers, and keep nothing alive.
    if (typeof timer === 'object') timer.unref();
  };
  plan(everyMs * random());
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

/** How long ago something was done, by a clock. */
export class Interval {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lengthMs: number;
  #lastMs: number | undefined;

  constructor(clock: Pick<Clock, 'now'>, lengthMs: number) {
    this.#clock = clock;
    this.#lengthMs = lengthMs;
  }

  /** True the first time, once the length has passed since it was true the last time, and when the clock was set back. */
  takeTurn(): boolean {
    const nowMs = this.#clock.now();
    const sinceMs = nowMs - (this.#lastMs ?? nowMs - this.#lengthMs);
    // A clock that was set back would else stop the turns until it has caught up.
    if (sinceMs >= 0 && sinceMs < this.#lengthMs) return false;
    this.#lastMs = nowMs;
    return true;
  }
}

import type { Clock } from '@videostorage/core';

/** What `startMaintenance` returns, to stop the loop of sweeps. */
export interface MaintenanceHandle {
  /** Aborts a running sweep, and resolves when none is running any more. */
  stop(): Promise<void>;
}

/**
 * Runs `work` at an interval until it is stopped: first after a random part of the interval, so that processes that start
 * together do not run together. Does not keep the process alive. The work must not throw.
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
    // In browsers and workers timers are numbers, and do not keep a process alive.
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

/** Measures whether an interval has passed on a clock. */
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
    // Otherwise a clock that was set back would return false until it has caught up.
    if (sinceMs >= 0 && sinceMs < this.#lengthMs) return false;
    this.#lastMs = nowMs;
    return true;
  }
}

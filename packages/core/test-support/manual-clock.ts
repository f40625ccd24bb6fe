import type { Clock } from '../src/contract/primitives.ts';

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

/** Time that stands still until a test moves it. With `autoAdvance` it jumps to the next sleeper whenever nothing else happens. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #autoAdvance: boolean;
  #sleepers: readonly Sleeper[] = [];

  constructor(options: { readonly nowMs?: number; readonly autoAdvance?: boolean } = {}) {
    this.#nowMs = options.nowMs ?? Date.parse('2026-11-24T00:00:00.000Z');
    this.#autoAdvance = options.autoAdvance ?? false;
  }

  /** How many are waiting. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  now(): number {
    return this.#nowMs;
  }

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
      if (this.#autoAdvance) this.#advanceWhenIdle();
    });
  }

  /** Moves the time on and wakes, in order, whoever's time has come. */
  advance(deltaMs: number): void {
    const untilMs = this.#nowMs + deltaMs;
    for (let next = this.#sleepers[0]; next !== undefined && next.atMs <= untilMs; next = this.#sleepers[0]) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#nowMs = untilMs;
  }

  /** Turns the time back or forth without waking anybody, as an administrator does. */
  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  #remove(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
  }

  #advanceWhenIdle(): void {
    setImmediate(() => {
      const [next] = this.#sleepers;
      if (next === undefined) return;
      this.advance(Math.max(0, next.atMs - this.#nowMs));
      this.#advanceWhenIdle();
    });
  }
}

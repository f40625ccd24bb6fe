import type { Clock } from '../src/contract/primitives.ts';

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

/**
 * A clock that stands still until a test advances it. With `autoAdvance` it advances to the next sleeper whenever nothing
 * else happens.
 */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #autoAdvance: boolean;
  #sleepers: readonly Sleeper[] = [];

  constructor(options: { readonly nowMs?: number; readonly autoAdvance?: boolean } = {}) {
    this.#nowMs = options.nowMs ?? Date.parse('2026-11-24T00:00:00.000Z');
    this.#autoAdvance = options.autoAdvance ?? false;
  }

  /** Number of pending sleeps. */
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

  /** Advances the time and ends, in order, the sleeps that are due. */
  advance(deltaMs: number): void {
    const untilMs = this.#nowMs + deltaMs;
    for (let next = this.#sleepers[0]; next !== undefined && next.atMs <= untilMs; next = this.#sleepers[0]) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#nowMs = untilMs;
  }

  /** Sets the time without ending a sleep, as when an administrator changes the system's clock. */
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

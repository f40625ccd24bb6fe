import type { Clock } from '../contract/primitives.ts';
import { TimeoutError } from '../errors/backend-errors.ts';
import { startTimer } from '../time/start-timer.ts';

/**
 * One signal for a whole call: aborts with the caller's own reason, or with a `TimeoutError` at the deadline.
 * After `release` neither a timer nor a listener is left.
 */
export class CallDeadline {
  /** When the time is over, by the clock. */
  readonly endsAtMs: number;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #onCallerAbort: (() => void) | undefined;
  readonly #stopTimer: () => void;
  #endRace: (reason: unknown) => void = ignoreBetweenAttempts;

  /** Begins to count at once. */
  constructor(clock: Clock, timeoutMs: number, caller: AbortSignal | undefined) {
    this.endsAtMs = clock.now() + timeoutMs;
    this.#stopTimer = startTimer(clock, timeoutMs, () => this.#abort(new TimeoutError()));
    if (caller === undefined) return;
    this.#caller = caller;
    this.#onCallerAbort = () => this.#abort(caller.reason);
    if (caller.aborted) this.#onCallerAbort();
    else caller.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  /** Aborts with the caller's reason or with our `TimeoutError`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The work's result, or the reason of the signal as soon as it aborts, even if the work does not listen to it. */
  race<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.signal.throwIfAborted();
      this.#endRace = reject;
      Promise.resolve(work(this.signal)).then(resolve, reject);
    });
  }

  /** Whether it is the reason with which the caller has aborted: it passes through untouched. */
  isCallersReason(error: unknown): boolean {
    return this.#caller?.aborted === true && error === this.#caller.reason;
  }

  /** Stops the timer and removes the listener on the caller's signal. */
  release(): void {
    this.#stopTimer();
    if (this.#onCallerAbort !== undefined) this.#caller?.removeEventListener('abort', this.#onCallerAbort);
  }

  #abort(reason: unknown): void {
    this.#controller.abort(reason);
    this.#endRace(this.signal.reason);
  }
}

/** The next wait or attempt looks at the signal itself. */
function ignoreBetweenAttempts(): void {}

import type { Clock } from '../contract/primitives.ts';
import { TimeoutError } from '../errors/backend-errors.ts';
import { startTimer } from '../time/start-timer.ts';

/** How long one attempt may take within its call. */
export interface AttemptBound {
  /** From the beginning of the attempt. */
  readonly timeoutMs: number;
  /** What the attempt ends with. */
  error(): Error;
}

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
  readonly #clock: Clock;
  /** What ends each attempt that is under way: requests of one call may run at the same time. */
  readonly #attempts = new Set<(reason: unknown) => void>();

  /** Begins to count at once. */
  constructor(clock: Clock, timeoutMs: number, caller: AbortSignal | undefined) {
    this.#clock = clock;
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

  /**
   * The work's result, or the reason of its signal as soon as that aborts, even if the work does not listen to it: the
   * deadline, the caller, or the bound of this attempt alone.
   */
  race<T>(work: (signal: AbortSignal) => Promise<T>, bound?: AttemptBound): Promise<T> {
    return new Promise((resolve, reject) => {
      this.signal.throwIfAborted();
      const attempt = bound && new AbortController();
      const end = (reason: unknown) => {
        settle();
        attempt?.abort(reason);
        reject(reason);
      };
      const stopTimer = bound && startTimer(this.#clock, bound.timeoutMs, () => end(bound.error()));
      const settle = () => {
        stopTimer?.();
        this.#attempts.delete(end);
      };
      this.#attempts.add(end);
      const running = async () => work(attempt?.signal ?? this.signal);
      running().then(resolve, reject).finally(settle);
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
    for (const end of [...this.#attempts]) end(this.signal.reason);
  }
}

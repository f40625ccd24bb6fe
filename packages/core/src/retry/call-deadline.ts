import type { Clock } from '../contract/primitives.ts';
import { TimeoutError } from '../errors/backend-errors.ts';
import { startTimer } from '../time/start-timer.ts';

/** The time limit of one attempt within its call. */
export interface AttemptBound {
  /** Milliseconds from the start of the attempt. */
  readonly timeoutMs: number;
  /** The error with which the attempt ends. */
  error(): Error;
}

/**
 * One signal for a whole call: aborts with the caller's own reason, or with a `TimeoutError` at the deadline. `release` removes
 * its timer and its listener.
 */
export class CallDeadline {
  /** The deadline, in milliseconds by the injected clock. */
  readonly endsAtMs: number;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #stopTimer: () => void;
  readonly #stopListening: () => void;
  readonly #clock: Clock;
  /** Ends each attempt in progress; requests of one call may run at the same time. */
  readonly #attempts = new Set<(reason: unknown) => void>();

  /** The deadline is `timeoutMs` from now. */
  constructor(clock: Clock, timeoutMs: number, caller: AbortSignal | undefined) {
    this.#clock = clock;
    this.endsAtMs = clock.now() + timeoutMs;
    this.#stopTimer = startTimer(clock, timeoutMs, () => this.#abort(new TimeoutError()));
    this.#caller = caller;
    const onCallerAbort = () => this.#abort(caller?.reason);
    this.#stopListening = () => caller?.removeEventListener('abort', onCallerAbort);
    caller?.addEventListener('abort', onCallerAbort);
    if (caller?.aborted) onCallerAbort();
  }

  /** Aborts with the caller's reason, or with a `TimeoutError`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Settles with the result of `work`, or rejects as soon as the deadline passes, the caller aborts or the attempt exceeds its
   * bound, even when `work` ignores its signal.
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

  /** Whether the error is the reason with which the caller has aborted, which must be thrown unchanged. */
  isCallersReason(error: unknown): boolean {
    return this.#caller?.aborted === true && error === this.#caller.reason;
  }

  /** Stops the timer and removes the listener from the caller's signal. */
  release(): void {
    this.#stopTimer();
    this.#stopListening();
  }

  #abort(reason: unknown): void {
    this.#controller.abort(reason);
    for (const end of [...this.#attempts]) end(this.signal.reason);
  }
}

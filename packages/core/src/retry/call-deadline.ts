import type { Clock } from '../contract/primitives.ts';
import { TimeoutError } from '../errors/backend-errors.ts';

/**
 * One signal for a whole call: aborts with the caller's own reason, or with a `TimeoutError` at the deadline.
 * After `release` neither a timer nor a listener is left.
 */
export class CallDeadline {
  /** When the time is over, by the clock. */
  readonly endsAtMs: number;
  readonly #controller = new AbortController();
  readonly #released = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #onCallerAbort: () => void;
  readonly #aborted: Promise<never>;

  /** Begins to count at once. */
  constructor(clock: Clock, timeoutMs: number, caller: AbortSignal | undefined) {
    this.endsAtMs = clock.now() + timeoutMs;
    this.#caller = caller;
    this.#onCallerAbort = () => this.#controller.abort(caller?.reason);
    this.#aborted = new Promise((_resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
    });
    // Between two attempts nobody listens; the next wait or attempt looks at the signal itself.
    this.#aborted.catch(ignoreUntilAsked);
    if (caller?.aborted) this.#onCallerAbort();
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true });
    clock
      .sleep(timeoutMs, this.#released.signal)
      .then(() => this.#controller.abort(new TimeoutError()), ignoreUntilAsked);
  }

  /** Aborts with the caller's reason or with our `TimeoutError`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The work's result, or the reason of the signal as soon as it aborts, even if the work does not listen to it. */
  async race<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return await Promise.race([work(this.signal), this.#aborted]);
  }

  /** Stops the timer and leaves the caller's signal. */
  release(): void {
    this.#released.abort(RELEASED);
    this.#caller?.removeEventListener('abort', this.#onCallerAbort);
  }
}

/** A constant, since making a DOMException with its stack for each call costs more than all the rest. */
const RELEASED = new Error('The call has ended.');

function ignoreUntilAsked(): void {}

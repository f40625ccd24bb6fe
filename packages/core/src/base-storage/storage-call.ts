import type { CallOptions } from '../contract/storage.ts';
import type { CallDeadline } from '../retry/call-deadline.ts';
import type { Retry, RetryClass, RetryHandler } from '../retry/retry-handler.ts';

/** Time to release what a failed call created: bounded, and independent of the call's deadline, which may have passed. */
const CLEAN_UP_TIMEOUT_MS = 5000;

/**
 * Runs `work` as one call of a storage, as `BaseStorage.call` does: with abort, deadline, events, and errors that carry
 * backend and operation.
 */
export type CallRunner = <T>(
  operation: string,
  options: CallOptions,
  work: (call: StorageCall) => Promise<T>,
) => Promise<T>;

/** One call in progress. Its deadline covers all its provider requests; each request is retried on its own. */
export class StorageCall {
  /** Name of the public method, for instance `confirmUpload`. */
  readonly operation: string;
  /** The caller's options, unchanged. */
  readonly options: CallOptions;
  readonly #retryHandler: RetryHandler;
  readonly #onRetry: (retry: Retry) => void;
  #deadline: CallDeadline | undefined;
  readonly #cleanUps: StorageCall[] = [];

  /** The deadline starts with the first use of `signal` or `step`, so a call that only signs starts no timer. */
  constructor(operation: string, options: CallOptions, retryHandler: RetryHandler, onRetry: (retry: Retry) => void) {
    this.operation = operation;
    this.options = options;
    this.#retryHandler = retryHandler;
    this.#onRetry = onRetry;
  }

  /** Aborts with the caller's own reason, or with a `TimeoutError` at the deadline of the call. */
  get signal(): AbortSignal {
    return this.#started().signal;
  }

  /**
   * Makes one provider request, which is retried where its retry class allows it, within the deadline of the call.
   * @throws {TimeoutError} at the deadline @throws the caller's own reason when its signal aborts
   */
  step<T>(retryClass: RetryClass, request: (signal: AbortSignal, attempt: number) => Promise<T>): Promise<T> {
    const operation = { name: this.operation, class: retryClass, onRetry: this.#onRetry };
    return this.#retryHandler.runWithin(this.#started(), operation, request);
  }

  /**
   * Returns a separate call in which this one releases what it created. That call has its own deadline (5 s) and ignores
   * the caller's abort, so that nothing is orphaned when the failure comes late or the caller has gone. Every use returns
   * a new call with a new deadline, so use it once for each thing to release.
   */
  forCleanUp(): StorageCall {
    const cleanUp = new StorageCall(
      this.operation,
      { timeoutMs: CLEAN_UP_TIMEOUT_MS, requestId: this.options.requestId },
      this.#retryHandler,
      this.#onRetry,
    );
    this.#cleanUps.push(cleanUp);
    return cleanUp;
  }

  /** Stops timers and removes listeners; `BaseStorage` calls it when the call ends. */
  release(): void {
    this.#deadline?.release();
    for (const cleanUp of this.#cleanUps) cleanUp.release();
  }

  #started(): CallDeadline {
    this.#deadline ??= this.#retryHandler.startDeadline(this.options);
    return this.#deadline;
  }
}

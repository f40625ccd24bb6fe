import type { Clock } from '../contract/primitives.ts';
import type { CallOptions } from '../contract/storage.ts';
import { BackendError, ConfigurationError } from '../errors/backend-errors.ts';
import { recordAttempts } from '../errors/record-attempts.ts';
import { ValidationError } from '../errors/request-errors.ts';
import { isVideoStorageError, type VideoStorageError } from '../errors/video-storage-error.ts';
import { systemClock } from '../time/system-clock.ts';
import { backoffMs, type FailureKind, MAX_DELAY_MS } from './backoff.ts';
import { CallDeadline } from './call-deadline.ts';
import { CoolDownGate } from './cool-down-gate.ts';
import { RetryBudget } from './retry-budget.ts';

const DEFAULT_MAX_ATTEMPTS = 4;
const DEFAULT_BUDGET_TOKENS = 500;
const DEFAULT_TIMEOUT_MS = 10_000;
/** Timers of most platforms overflow beyond. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** May the operation be repeated: always · only when it was certainly not sent · never. */
export type RetryClass = 'always' | 'if-not-sent' | 'never';

/** A retry that is about to be waited for. */
export interface Retry {
  /** The operation's name. */
  readonly operation: string;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** How long is waited. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: VideoStorageError;
}

/** What is to be done, seen from the retry handler. */
export interface RetriedOperation {
  /** For instance `confirmUpload`. */
  readonly name: string;
  /** Whether it may be repeated. */
  readonly class: RetryClass;
  /** Hears of each retry before it is waited for. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/** Settings of `RetryHandler`. */
export interface RetryHandlerOptions {
  /** The first one included, 1–10. Default 4. */
  readonly maxAttempts?: number | undefined;
  /** Size of the budget, 0–100 000. Default 500; a retry costs 14 tokens, after throttling 5. */
  readonly budgetTokens?: number | undefined;
  /** Default: the computer's time. */
  readonly clock?: Clock | undefined;
  /** For the jitter, 0 up to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * The one layer that retries; one instance per backend and account, since it holds budget and cool-down gate.
 * An attempt must make its request anew: a body that is a stream can be sent once only, and an idempotency key belongs
 * outside the attempt, so that all of them carry the same.
 */
export class RetryHandler {
  readonly #maxAttempts: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #budget: RetryBudget;
  readonly #gate = new CoolDownGate();

  /** @throws {ConfigurationError} numbers out of their bounds */
  constructor(options: RetryHandlerOptions = {}) {
    this.#maxAttempts = bounded('maxAttempts', options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS, 1, 10);
    this.#budget = new RetryBudget(bounded('budgetTokens', options.budgetTokens ?? DEFAULT_BUDGET_TOKENS, 0, 100_000));
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  /** What is left of the budget. */
  get budgetTokens(): number {
    return this.#budget.tokens;
  }

  /**
   * Does it, again where that is safe and may help. The attempt gets one signal for caller and deadline.
   * @throws {TimeoutError} at the deadline @throws the caller's own reason when its signal aborts
   * @throws {BackendError} the last failure, with `attempts` and `delaysMs`; at once while the vendor has asked for a pause
   */
  async run<T>(
    operation: RetriedOperation,
    attempt: (signal: AbortSignal, attempt: number) => Promise<T>,
    options: CallOptions = {},
  ): Promise<T> {
    options.signal?.throwIfAborted();
    this.#refuseWhileShut(operation.name);
    const deadline = new CallDeadline(this.#clock, checkedTimeoutMs(options.timeoutMs), options.signal);
    const delaysMs: number[] = [];
    let spent = 0;
    try {
      for (let number = 1; ; number++) {
        try {
          const result = await deadline.race((signal) => attempt(signal, number));
          this.#budget.refund(spent);
          return result;
        } catch (error) {
          deadline.signal.throwIfAborted();
          const retry = this.#plan(operation, error, number, deadline.endsAtMs);
          if (retry === undefined) throw error;
          spent += retry.spent;
          delaysMs.push(retry.delayMs);
          operation.onRetry?.({
            operation: operation.name,
            attempt: number,
            delayMs: retry.delayMs,
            error: retry.error,
          });
          await this.#clock.sleep(retry.delayMs, deadline.signal);
        }
      }
    } catch (error) {
      const isOurs = isVideoStorageError(error) && !(options.signal?.aborted && error === options.signal.reason);
      throw isOurs ? recordAttempts(error, delaysMs) : error;
    } finally {
      deadline.release();
    }
  }

  /** How to go on after a failure; undefined = not at all. */
  #plan(operation: RetriedOperation, error: unknown, number: number, endsAtMs: number) {
    if (!isRetryable(operation.class, error)) return undefined;
    const nowMs = this.#clock.now();
    const remainingMs = endsAtMs - nowMs;
    const hintMs = error.retryAfterMs ?? 0;
    if (hintMs > Math.min(remainingMs, MAX_DELAY_MS)) {
      this.#gate.shutUntil(nowMs + hintMs);
      return undefined;
    }
    if (number >= this.#maxAttempts) return undefined;
    const kind: FailureKind = error.code === 'BACKEND_THROTTLED' ? 'throttling' : 'transient';
    const delayMs = Math.max(hintMs, backoffMs(kind, number - 1, this.#random));
    if (delayMs >= remainingMs) return undefined;
    const spent = this.#budget.spend(kind);
    return spent === undefined ? undefined : { delayMs, spent, error };
  }

  #refuseWhileShut(operation: string): void {
    const retryAfterMs = this.#gate.remainingMs(this.#clock.now());
    if (retryAfterMs === 0) return;
    throw new BackendError('BACKEND_THROTTLED', 'The storage has asked for a pause.', { retryAfterMs, operation });
  }
}

function isRetryable(retryClass: RetryClass, error: unknown): error is BackendError {
  if (!isVideoStorageError(error) || !error.retryable || !error.code.startsWith('BACKEND_')) return false;
  if (retryClass === 'if-not-sent') return (error as BackendError).notSent === true;
  return retryClass === 'always';
}

function bounded(name: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new ConfigurationError(`Set \`${name}\` of the retry handler to a whole number from ${min} to ${max}.`);
}

function checkedTimeoutMs(timeoutMs: number = DEFAULT_TIMEOUT_MS): number {
  if (timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  const message = `The deadline must be 1 to ${MAX_TIMEOUT_MS} milliseconds.`;
  throw new ValidationError([{ path: 'timeoutMs', code: 'OPTION_INVALID', message }]);
}

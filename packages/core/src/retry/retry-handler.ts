import type { Clock } from '../contract/primitives.ts';
import type { CallOptions } from '../contract/storage.ts';
import { BackendError } from '../errors/backend-errors.ts';
import { isVideoStorageError } from '../errors/is-video-storage-error.ts';
import { recordAttempts } from '../errors/record-attempts.ts';
import type { VideoStorageError } from '../errors/video-storage-error.ts';
import { waitInWords } from '../errors/wait-in-words.ts';
import { checkOptions } from '../options/check-options.ts';
import { clockOption } from '../options/clock-option.ts';
import { functionOption, optional, wholeNumber } from '../options/option-of.ts';
import type { OptionSchemas } from '../options/option-schema.ts';
import { monotonicClock } from '../time/monotonic-clock.ts';
import { steadyClock } from '../time/steady-clock.ts';
import { backoffMs, type FailureKind, MAX_DELAY_MS, PAUSE_SPREAD_MS } from './backoff.ts';
import { type AttemptBound, CallDeadline } from './call-deadline.ts';
import { checkedTimeoutMs } from './checked-timeout-ms.ts';
import { CoolDownGate } from './cool-down-gate.ts';
import { MAX_RETRY_AFTER_MS } from './retry-after.ts';
import { RetryBudget } from './retry-budget.ts';

const DEFAULT_MAX_ATTEMPTS = 4;
const DEFAULT_BUDGET_TOKENS = 500;
const DEFAULT_ATTEMPT_TIMEOUT_MS = 4000;
/** No attempt gets a time limit below this; with less time left, only the deadline of the call limits it. */
const MIN_ATTEMPT_TIMEOUT_MS = 1000;

/** Whether a request may be repeated: always, only when it certainly had no effect, or never. */
export type RetryClass = 'always' | 'if-not-sent' | 'never';

/** A retry, reported before its delay. */
export interface Retry {
  /** Name of the operation, for instance `confirmUpload`. */
  readonly operation: string;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** Delay before the next attempt. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: VideoStorageError;
}

/** An operation that may be retried. */
export interface RetriedOperation {
  /** Name of the operation, for instance `confirmUpload`. */
  readonly name: string;
  /** Whether it may be repeated. */
  readonly class: RetryClass;
  /** Called with each retry, before its delay. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/** Settings of `RetryHandler`. */
export interface RetryHandlerOptions {
  /** Attempts in all, the first one included: 1–10. Default 4. */
  readonly maxAttempts?: number | undefined;
  /**
   * Longest time of one attempt in milliseconds, 1 000–600 000, and never more than half of the call's remaining time,
   * so that a stalled request is abandoned and made again. Default 4 000. The last attempt that `maxAttempts` allows
   * gets all the remaining time.
   */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * Size of the retry budget, 0–100 000. Default 500. A retry costs 14 tokens, or 5 after throttling; without enough
   * tokens nothing is retried. A successful call puts back what its retries cost, or one token when it needed none.
   */
  readonly budgetTokens?: number | undefined;
  /** Measures waits and deadlines. Default: the time since the process started, which changes of the system's clock do not affect. */
  readonly clock?: Clock | undefined;
  /** Source of the jitter: returns a number from 0 up to, not including, 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

const OPTIONS = {
  maxAttempts: optional(wholeNumber(1, 10)),
  attemptTimeoutMs: optional(wholeNumber(MIN_ATTEMPT_TIMEOUT_MS, 600_000, 'milliseconds')),
  budgetTokens: optional(wholeNumber(0, 100_000)),
  clock: optional(clockOption),
  random: optional(functionOption('must be a function that returns a number from 0 up to 1')),
} satisfies OptionSchemas<RetryHandlerOptions>;

/**
 * Retries provider requests; backends do not retry them on their own. Use one instance per provider account, since it
 * holds what the calls of an account share: the retry budget, and the pauses that the provider asks for. Each attempt
 * must build its request again, since a stream can be sent only once; an idempotency key is chosen outside the attempt,
 * so that all attempts send the same one.
 */
export class RetryHandler {
  readonly #maxAttempts: number;
  readonly #attemptTimeoutMs: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #budget: RetryBudget;
  readonly #gate = new CoolDownGate();

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: RetryHandlerOptions = {}) {
    const checked = checkOptions('RetryHandler', options, OPTIONS);
    this.#maxAttempts = checked.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
    this.#attemptTimeoutMs = checked.attemptTimeoutMs ?? DEFAULT_ATTEMPT_TIMEOUT_MS;
    this.#budget = new RetryBudget(checked.budgetTokens ?? DEFAULT_BUDGET_TOKENS);
    this.#clock = checked.clock === undefined ? monotonicClock : steadyClock(checked.clock);
    this.#random = options.random?.bind(options) ?? Math.random;
  }

  /** Remaining tokens of the budget. */
  get budgetTokens(): number {
    return this.#budget.tokens;
  }

  /**
   * Runs `attempt`, and repeats it where that is safe and may help. The signal passed to `attempt` aborts when the
   * caller aborts, at the deadline, and at the time limit of the attempt; a stalled attempt ends with
   * `BACKEND_UNAVAILABLE` and may have had an effect. During a pause that the provider has asked for, no call makes an
   * attempt: it waits, or fails immediately when the pause outlasts its deadline or 20 s. After a pause one call goes
   * first, as a probe.
   * @throws {TimeoutError} at the deadline @throws the caller's own reason when its signal aborts
   * @throws {BackendError} the last failure, with `attempts` and `delaysMs`; `BACKEND_THROTTLED` with 0 attempts during a pause
   */
  async run<T>(
    operation: RetriedOperation,
    attempt: (signal: AbortSignal, attempt: number) => Promise<T>,
    options: CallOptions = {},
  ): Promise<T> {
    const deadline = this.startDeadline(options);
    try {
      return await this.runWithin(deadline, operation, attempt);
    } finally {
      deadline.release();
    }
  }

  /**
   * Starts the deadline of a call that makes several requests; release it afterwards.
   * @throws the caller's own reason when its
   * signal has aborted
   */
  startDeadline(options: CallOptions): CallDeadline {
    options.signal?.throwIfAborted();
    return new CallDeadline(this.#clock, checkedTimeoutMs(options.timeoutMs), options.signal);
  }

  /** Like `run`, but within the deadline of a call that makes several requests; the caller releases that deadline. */
  async runWithin<T>(
    deadline: CallDeadline,
    operation: RetriedOperation,
    attempt: (signal: AbortSignal, attempt: number) => Promise<T>,
  ): Promise<T> {
    const delaysMs: number[] = [];
    let attempts = 0;
    let spent = 0;
    try {
      for (;;) {
        const endProbe = await this.#awaitPause(operation.name, deadline);
        attempts += 1;
        const number = attempts;
        try {
          const bound = this.#attemptBound(operation.class, number, deadline.endsAtMs);
          const result = await deadline.race((signal) => attempt(signal, number), bound);
          endProbe?.(true);
          this.#budget.refund(spent);
          return result;
        } catch (error) {
          endProbe?.(isAnswer(error) && !deadline.signal.aborted);
          deadline.signal.throwIfAborted();
          const retry = this.#plan(operation, error, attempts, deadline.endsAtMs);
          if (retry === undefined) throw error;
          spent += retry.spent;
          delaysMs.push(retry.delayMs);
          const { delayMs, error: failure } = retry;
          operation.onRetry?.({ operation: operation.name, attempt: attempts, delayMs, error: failure });
          await this.#clock.sleep(delayMs, deadline.signal);
        }
      }
    } catch (error) {
      throw isVideoStorageError(error) && !deadline.isCallersReason(error)
        ? recordAttempts(error, attempts, delaysMs)
        : error;
    }
  }

  /**
   * The last attempt of a request that may be repeated gets all the remaining time: ending it earlier gains nothing. A
   * request that may not be repeated leaves time to look up its effect.
   */
  #attemptBound(retryClass: RetryClass, attempt: number, endsAtMs: number): AttemptBound | undefined {
    if (attempt >= this.#maxAttempts && (retryClass === 'always' || this.#maxAttempts === 1)) return undefined;
    const timeoutMs = Math.min(this.#attemptTimeoutMs, Math.floor((endsAtMs - this.#clock.now()) / 2));
    return timeoutMs < MIN_ATTEMPT_TIMEOUT_MS ? undefined : { timeoutMs, error: () => stalled(timeoutMs) };
  }

  /** The retry after a failure; undefined = none. */
  #plan(operation: RetriedOperation, error: unknown, attempts: number, endsAtMs: number) {
    const nowMs = this.#clock.now();
    this.#gate.closeUntil(nowMs + pauseAskedFor(error));
    if (attempts >= this.#maxAttempts || !isRetryable(operation.class, error)) return undefined;
    const kind: FailureKind = error.code === 'BACKEND_THROTTLED' ? 'throttling' : 'transient';
    const delayMs = Math.max(this.#gate.remainingMs(nowMs), backoffMs(kind, attempts - 1, this.#random));
    if (delayMs > MAX_DELAY_MS || delayMs >= endsAtMs - nowMs) return undefined;
    const spent = this.#budget.spend(kind);
    return spent === undefined ? undefined : { delayMs, spent, error };
  }

  /**
   * Waits for the end of a pause, of pauses that begin meanwhile, and of the probe that another call makes. Returns a function
   * that ends the probe when this call is to make it.
   */
  async #awaitPause(operation: string, deadline: CallDeadline): Promise<((isWell: boolean) => void) | undefined> {
    for (;;) {
      const nowMs = this.#clock.now();
      const remainingMs = deadline.endsAtMs - nowMs;
      const retryAfterMs = this.#gate.remainingMs(nowMs);
      if (retryAfterMs === 0) {
        if (!this.#gate.isHalfOpen) return undefined;
        const { probe } = this.#gate;
        if (probe === undefined) return this.#gate.startProbe();
        await deadline.race(() => probe);
        await this.#clock.sleep(this.#spreadMs(deadline.endsAtMs - this.#clock.now()), deadline.signal);
        continue;
      }
      if (retryAfterMs > MAX_DELAY_MS || retryAfterMs >= remainingMs) {
        throw new BackendError('BACKEND_THROTTLED', 'The provider has asked for a pause; please try again later.', {
          retryAfterMs,
          operation,
        });
      }
      await this.#clock.sleep(retryAfterMs + this.#spreadMs(remainingMs - retryAfterMs), deadline.signal);
    }
  }

  /** Spreads calls that waited for the same time, within the remaining time of each. */
  #spreadMs(remainingMs: number): number {
    return Math.floor(this.#random() * Math.max(0, Math.min(PAUSE_SPREAD_MS, remainingMs)));
  }
}

/** The pause that the provider has asked for, whatever the class of the operation; 0 when it has not. */
function pauseAskedFor(error: unknown): number {
  if (!isVideoStorageError(error) || !error.code.startsWith('BACKEND_')) return 0;
  const pauseMs = error.retryAfterMs ?? 0;
  return pauseMs > 0 ? Math.min(pauseMs, MAX_RETRY_AFTER_MS) : 0;
}

/** Whether the provider answered as usual, also with a refusal: then it has recovered. */
function isAnswer(error: unknown): boolean {
  return (
    isVideoStorageError(error) && error.code !== 'TIMEOUT' && !(error.code.startsWith('BACKEND_') && error.retryable)
  );
}

function stalled(timeoutMs: number): BackendError {
  const message = `The storage did not answer a request within ${waitInWords(timeoutMs)}.`;
  return new BackendError('BACKEND_UNAVAILABLE', message);
}

function isRetryable(retryClass: RetryClass, error: unknown): error is BackendError {
  if (!isVideoStorageError(error) || !error.retryable || !error.code.startsWith('BACKEND_')) return false;
  // Only one layer retries: a request that an SDK or an inner call has already repeated is not repeated here.
  if ((error.attempts ?? 1) > 1) return false;
  if (retryClass === 'if-not-sent') return 'notSent' in error && error.notSent;
  return retryClass === 'always';
}

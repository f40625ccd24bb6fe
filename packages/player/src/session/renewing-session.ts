import {
  type AnyVideoStorageError,
  BackendError,
  type Clock,
  isVideoStorageError,
  type Playback,
  type VideoStorageError,
} from '@videostorage/core';
import type { PlaybackSession } from './playback-session.ts';
import { lifetimeOf, renewalDelayMs, retryDelayMs } from './renewal-times.ts';

/** How often the time is checked: timers stop while a computer sleeps, and not every browser has an event for it. */
const LONGEST_SLEEP_MS = 30_000;
/** The shortest time between two requests to the host app, however often a waiting attempt is woken. */
const SHORTEST_RETRY_MS = 500;
/** Codes of the host app's answers that a repeated request does not change; all others are outages. */
const REFUSALS: ReadonlySet<string> = new Set<AnyVideoStorageError['code']>([
  'VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'ACCESS_DENIED',
  'VIDEO_NOT_FOUND',
  'UPLOAD_EXPIRED',
]);

/** The parts of a session. */
export interface SessionParts {
  /** One bounded request for a grant. */
  readonly ask: (signal: AbortSignal) => Promise<Playback>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Milliseconds that have passed; never goes back. */
  readonly passed: () => number;
  readonly onWake: (listener: () => void) => () => void;
  readonly signal: AbortSignal | undefined;
}

/** The session over a first grant. One loop waits and renews; `wake` and `renewNow` only end its waits early. */
export class RenewingSession implements PlaybackSession {
  readonly #parts: SessionParts;
  readonly #closed = new AbortController();
  readonly #renewed = new Set<(playback: Playback) => void>();
  readonly #refused = new Set<(error: VideoStorageError) => void>();
  #wanted: PromiseWithResolversOf<Playback> | undefined;
  #alarm = new AbortController();
  #playback: Playback;
  #renewals = 0;
  #lifetimeMs: number;
  #dueAtMs: number;
  #expiresAtMs: number;
  #ended: VideoStorageError | undefined;

  constructor(playback: Playback, askedAtMs: number, parts: SessionParts) {
    this.#parts = parts;
    this.#playback = playback;
    this.#lifetimeMs = lifetimeOf(playback);
    this.#dueAtMs = askedAtMs + renewalDelayMs(this.#lifetimeMs, parts.random);
    this.#expiresAtMs = askedAtMs + this.#lifetimeMs;
    const stopWaking = parts.onWake(() => this.wake());
    this.#closed.signal.addEventListener('abort', stopWaking);
    parts.signal?.addEventListener('abort', () => this.close(), { signal: this.#closed.signal });
    if (parts.signal?.aborted) this.close();
    void this.#run();
  }

  get playback(): Playback {
    return this.#playback;
  }

  get renewals(): number {
    return this.#renewals;
  }

  get isExpired(): boolean {
    return this.#parts.passed() >= this.#expiresAtMs;
  }

  get ended(): VideoStorageError | undefined {
    return this.#ended;
  }

  onRenewed(listener: (playback: Playback) => void): () => void {
    this.#renewed.add(listener);
    return () => void this.#renewed.delete(listener);
  }

  onEnded(listener: (error: VideoStorageError) => void): () => void {
    const ended = this.#ended;
    if (ended === undefined) this.#refused.add(listener);
    else call(listener, ended);
    return () => void this.#refused.delete(listener);
  }

  async renewNow(): Promise<Playback> {
    if (this.#ended !== undefined) throw this.#ended;
    this.#closed.signal.throwIfAborted();
    if (this.#wanted === undefined) {
      this.#wanted = withResolvers<Playback>();
      this.#alarm.abort(WOKEN);
    }
    return this.#wanted.promise;
  }

  wake(): void {
    this.#alarm.abort(WOKEN);
  }

  close(): void {
    this.#renewed.clear();
    this.#refused.clear();
    this.#stop();
  }

  /** Ends timers and requests. */
  #stop(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#alarm.abort(WOKEN);
    this.#wanted?.reject(this.#closed.signal.reason);
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#waitUntilDue();
      if (this.#closed.signal.aborted) return;
      const error = await this.#renew();
      if (error !== undefined) return this.#end(error);
    }
  }

  async #waitUntilDue(): Promise<void> {
    while (!this.#closed.signal.aborted && this.#wanted === undefined) {
      const leftMs = this.#dueAtMs - this.#parts.passed();
      if (leftMs <= 0) return;
      await this.#sleep(Math.min(leftMs, LONGEST_SLEEP_MS));
    }
  }

  /**
   * Sends requests until there is a grant. Returns the refusal, or undefined when there is a grant or the session was
   * closed.
   */
  async #renew(): Promise<VideoStorageError | undefined> {
    for (let failures = 0; ; failures += 1) {
      const askedAtMs = this.#parts.passed();
      // A wake-up during the attempt, or during the fixed part of the wait after it, takes effect after that part.
      this.#alarm = new AbortController();
      // An error of a listener is not an outage, so the grant is accepted outside the attempt.
      const answer = await this.#parts.ask(this.#closed.signal).then(toGrant, toFailure);
      if (this.#closed.signal.aborted) return undefined;
      if ('playback' in answer) {
        this.#accept(answer.playback, askedAtMs);
        return undefined;
      }
      if (REFUSALS.has(answer.error.code)) return answer.error;
      await this.#waitToRetry(failures, answer.error);
      if (this.#closed.signal.aborted) return undefined;
    }
  }

  #accept(playback: Playback, askedAtMs: number): void {
    this.#playback = playback;
    this.#renewals += 1;
    this.#lifetimeMs = lifetimeOf(playback);
    this.#dueAtMs = askedAtMs + renewalDelayMs(this.#lifetimeMs, this.#parts.random);
    this.#expiresAtMs = askedAtMs + this.#lifetimeMs;
    this.#wanted?.resolve(playback);
    this.#wanted = undefined;
    callAll(this.#renewed, playback);
  }

  #end(error: VideoStorageError): void {
    this.#ended = error;
    this.#wanted?.reject(error);
    this.#wanted = undefined;
    this.#stop();
    callAll(this.#refused, error);
  }

  /** A pause that the host app requested is kept; any other ends early when the page wakes or a grant is requested. */
  async #waitToRetry(failures: number, { retryAfterMs }: VideoStorageError): Promise<void> {
    const { clock, random, passed } = this.#parts;
    const delayMs = retryDelayMs(failures, this.#lifetimeMs, retryAfterMs, random);
    const firmMs = Math.min(delayMs, Math.max(SHORTEST_RETRY_MS, retryAfterMs ?? 0));
    const startedAtMs = passed();
    await clock.sleep(firmMs, this.#closed.signal).catch(ignoreWake);
    const leftMs = delayMs - (passed() - startedAtMs);
    if (leftMs > 0 && !this.#closed.signal.aborted) {
      await clock.sleep(leftMs, this.#alarm.signal).catch(ignoreWake);
    }
  }

  /** Ends early when it is woken. */
  async #sleep(delayMs: number): Promise<void> {
    if (this.#alarm.signal.aborted) this.#alarm = new AbortController();
    await this.#parts.clock.sleep(delayMs, this.#alarm.signal).catch(ignoreWake);
  }
}

const WOKEN = new Error('The wait was cut short.');

/** Rejecting a wait ends it early. */
function ignoreWake(): void {}

function toGrant(playback: Playback) {
  return { playback };
}

function toFailure(thrown: unknown) {
  return { error: toStorageError(thrown) };
}

/** Other errors of a host app's transport than those of the library say nothing about rights, so they are outages. */
function toStorageError(thrown: unknown): AnyVideoStorageError {
  if (isVideoStorageError(thrown)) return thrown;
  return new BackendError('BACKEND_UNAVAILABLE', 'The host app could not be asked.', { cause: thrown });
}

/** Calls the current listeners, without those that another one unsubscribes; after `close` none is called. */
function callAll<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) if (listeners.has(listener)) call(listener, value);
}

/** An error of a listener is reported to the page, and stops neither the session nor another listener. */
function call<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

interface PromiseWithResolversOf<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** `Promise.withResolvers`, which browsers of 2023 lack. */
function withResolvers<T>(): PromiseWithResolversOf<T> {
  let [resolve, reject]: [(value: T) => void, (reason: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<T>((onValue, onReason) => {
    [resolve, reject] = [onValue, onReason];
  });
  return { promise, resolve, reject };
}

import type { ServerResponse } from 'node:http';
import { StreamRefusal } from './stream-refusal.ts';

/** How many requests a token may make. */
export interface RequestAllowance {
  /** Requests in one window. Default 1 200. */
  readonly requests?: number | undefined;
  /** Length of the window, and of the block after exceeding it. Default 300. */
  readonly windowSeconds?: number | undefined;
}

/** Counts the requests of the account's token; above its allowance everything is refused for a whole window. */
export class ApiRateLimit {
  readonly #requests: number;
  readonly #windowMs: number;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #blockedUntilMs = Number.NEGATIVE_INFINITY;

  /** Starts with all requests left. */
  constructor(allowance: RequestAllowance = {}) {
    this.#requests = allowance.requests ?? 1200;
    this.#windowMs = (allowance.windowSeconds ?? 300) * 1000;
  }

  /** Counts a request and sets the rate limit headers of its answer. @throws {StreamRefusal} 429 with `Retry-After` */
  take(response: ServerResponse, nowMs: number): void {
    if (nowMs >= this.#windowStartMs + this.#windowMs) {
      this.#windowStartMs = nowMs;
      this.#count = 0;
    }
    const isBlocked = nowMs < this.#blockedUntilMs;
    if (!isBlocked) this.#count += 1;
    if (!isBlocked && this.#count > this.#requests) this.#blockedUntilMs = nowMs + this.#windowMs;
    const isRefused = nowMs < this.#blockedUntilMs;
    const endsAtMs = isRefused ? this.#blockedUntilMs : this.#windowStartMs + this.#windowMs;
    const seconds = Math.ceil((endsAtMs - nowMs) / 1000);
    const left = isRefused ? 0 : this.#requests - this.#count;
    response.setHeader('Ratelimit', `"default";r=${left};t=${seconds}`);
    response.setHeader('Ratelimit-Policy', `"default";q=${this.#requests};w=${this.#windowMs / 1000}`);
    if (!isRefused) return;
    throw new StreamRefusal(429, 10429, 'More than the allowed number of requests was made.', {
      'Retry-After': String(seconds),
    });
  }
}

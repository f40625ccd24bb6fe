/** Which calls are counted together: those of one user, of one context, of one tenant, or all. */
export type LimitScope = 'user' | 'context' | 'tenant' | 'global';

/** Allows at most `limit` calls in any rolling window. */
export interface RateLimitRule {
  /** Which calls are counted together. */
  readonly scope: LimitScope;
  /** How many calls, 1–1 000. */
  readonly limit: number;
  /** Length of the window, in whole milliseconds: 0.001 to 2 678 400 (31 days). */
  readonly windowSeconds: number;
}

/** A counter that one call increments. Each rule that applies to the call has one. */
export interface RateLimitEntry {
  /**
   * Identifies the counter: kind of call, scope, limit, window and id. A store outside this process gets a digest of 43
   * characters, which does not contain the id. Different limits never share a key.
   */
  readonly key: string;
  /** At most this many calls are allowed in any window. */
  readonly limit: number;
  /** Length of the window. */
  readonly windowMs: number;
}

/** The state of one counter after a call. */
export interface RateLimitResult {
  /** Whether this count allowed the call. */
  readonly allowed: boolean;
  /** How many calls the rule allows in its window. */
  readonly limit: number;
  /** How many more calls would be allowed now. */
  readonly remaining: number;
  /** Delay in milliseconds after which the call would be allowed, unless other calls are counted meanwhile; 0 when it was allowed. */
  readonly retryAfterMs: number;
  /** Delay in milliseconds after which the count is empty again. */
  readonly resetMs: number;
}

/** The state of one rule's counter after a call that was counted in it. */
export interface RateLimitCount extends RateLimitResult {
  /** Which calls are counted together. */
  readonly scope: LimitScope;
  /** Length of the rule's window. */
  readonly windowSeconds: number;
}

/** Where the counts of a `RateLimiter` are kept. The store uses its own clock. */
export interface RateLimitStore {
  /**
   * Counts one call in every entry, or in none if one of them has reached its limit. Returns one result per entry, in
   * order.
   * @throws {StoreUnavailableError} the store does not answer
   */
  take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]>;
}

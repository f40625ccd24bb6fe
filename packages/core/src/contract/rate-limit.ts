/** Who shares one count. */
export type LimitScope = 'user' | 'context' | 'tenant' | 'global';

/** At most `limit` in any rolling window. */
export interface RateLimitRule {
  /** Who shares the count. */
  readonly scope: LimitScope;
  /** 1–1 000. */
  readonly limit: number;
  /** Length of the window, in whole milliseconds: 0.001 to 2 678 400 (31 days). */
  readonly windowSeconds: number;
}

/** One count to take from. */
export interface RateLimitEntry {
  /**
   * Names the count: kind, scope, limit, window and id. A store outside of this process gets a digest of 43 characters,
   * which holds nothing personal. Two limits never share a key.
   */
  readonly key: string;
  /** At most this many in any window. */
  readonly limit: number;
  /** Length of the window. */
  readonly windowMs: number;
}

/** How one count stands after the call. */
export interface RateLimitResult {
  /** Whether this entry had room. */
  readonly allowed: boolean;
  /** The rule's number. */
  readonly limit: number;
  /** How many more would be allowed now. */
  readonly remaining: number;
  /** Waiting exactly this long succeeds, if nobody else takes it first; 0 when allowed. */
  readonly retryAfterMs: number;
  /** When the whole count is free again, from now. */
  readonly resetMs: number;
}

/** How the count of one rule stands after a call that took from it. */
export interface RateLimitCount extends RateLimitResult {
  /** Who shares the count. */
  readonly scope: LimitScope;
  /** Length of the rule's window. */
  readonly windowSeconds: number;
}

/** Takes one from every entry or from none, by the store's own clock. */
export interface RateLimitStore {
  /** One result per entry, in order. @throws {StoreUnavailableError} */
  take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]>;
}

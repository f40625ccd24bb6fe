import type { FailureKind } from './backoff.ts';

/** Cost of a retry in tokens: AWS SDKs and Tools Reference, "Retry behavior" (2026). */
const COST: Readonly<Record<FailureKind, number>> = { transient: 14, throttling: 5 };

/** Tokens that all retries of one backend and account share. When most calls fail they run out, and retrying stops. */
export class RetryBudget {
  readonly #capacity: number;
  #tokens: number;

  /** Starts full. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#tokens = capacity;
  }

  /** Remaining tokens, from 0 to the capacity. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Takes the tokens for one retry and returns their number; undefined when too few are left. */
  spend(kind: FailureKind): number | undefined {
    const cost = COST[kind];
    if (this.#tokens < cost) return undefined;
    this.#tokens -= cost;
    return cost;
  }

  /** After a successful call: puts back what its retries cost, or one token when it needed none. */
  refund(spent: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (spent === 0 ? 1 : spent));
  }
}

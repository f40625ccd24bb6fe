import type { FailureKind } from './backoff.ts';

/** AWS SDKs and Tools Reference, "Retry behavior" (2026): what a retry costs. */
const COST: Readonly<Record<FailureKind, number>> = { transient: 14, throttling: 5 };

/** Tokens that retries of one backend and account share: when most calls fail, retrying stops, without time or states. */
export class RetryBudget {
  readonly #capacity: number;
  #tokens: number;

  /** Full at the beginning. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#tokens = capacity;
  }

  /** What is left; 0 to the capacity. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Pays for one retry; the price, or undefined when there is not enough left. */
  spend(kind: FailureKind): number | undefined {
    const cost = COST[kind];
    if (this.#tokens < cost) return undefined;
    this.#tokens -= cost;
    return cost;
  }

  /** After a success: returns what the call's retries cost, or one token when it needed none. */
  refund(spent: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (spent === 0 ? 1 : spent));
  }
}

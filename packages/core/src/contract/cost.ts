/**
 * Usage of one month. Only `storedBytes` and `views` are required; other missing values are assumed, and `assumptions`
 * lists what was assumed.
 */
export interface Usage {
  /** Bytes at rest, averaged over the month. */
  readonly storedBytes: number;
  /** Number of complete plays in the month, of videos of average size and duration. */
  readonly views: number;
  /** How many videos are stored. */
  readonly videos?: number | undefined;
  /** Duration of all stored videos. */
  readonly storedMinutes?: number | undefined;
  /** Duration reserved for uploads that have not arrived. */
  readonly reservedMinutes?: number | undefined;
  /** Watch time of all viewers. */
  readonly deliveredMinutes?: number | undefined;
  /** Bytes delivered to viewers. */
  readonly deliveredBytes?: number | undefined;
  /** Share of the delivered bytes by region, under the provider's region names. The shares sum to 1. */
  readonly regionShares?: Readonly<Record<string, number>> | undefined;
  /** Number of uploads created in the month. */
  readonly uploads?: number | undefined;
  /** Number of videos deleted in the month. */
  readonly deletions?: number | undefined;
}

/** One line of an estimate. */
export interface CostItem {
  /** What is billed, for instance `Storage`. */
  readonly name: string;
  /** Billed units, after free allowances. */
  readonly quantity: number;
  /** The unit, for instance `GB-month`. */
  readonly unit: string;
  /** US dollars for one unit. */
  readonly unitPriceUsd: number;
  /** US dollars for this line. */
  readonly amountUsd: number;
}

/** The cost of one month under one plan. */
export interface CostEstimate {
  /** The provider's name of the plan. */
  readonly plan: string;
  /** US dollars: the sum of `items`. */
  readonly monthlyUsd: number;
  /** One entry for each billed quantity. */
  readonly items: readonly CostItem[];
  /** One sentence for each quantity that `Usage` did not give. */
  readonly assumptions: readonly string[];
  /** Date of the price table, `YYYY-MM-DD`. */
  readonly pricesAsOf: string;
  /** The same usage under the provider's other plans. */
  readonly alternatives?: readonly CostEstimate[];
}

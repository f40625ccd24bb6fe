/** What a month uses. Only the first two are needed; each other one that is missing is assumed, and the assumption is named. */
export interface Usage {
  /** Bytes at rest, averaged over the month. */
  readonly storedBytes: number;
  /** Full plays of an average video. */
  readonly views: number;
  /** How many videos are stored. */
  readonly videos?: number | undefined;
  /** Play time of all stored videos. */
  readonly storedMinutes?: number | undefined;
  /** Play time that is reserved for uploads that have not arrived. */
  readonly reservedMinutes?: number | undefined;
  /** Play time that was watched. */
  readonly deliveredMinutes?: number | undefined;
  /** Bytes that went to viewers. */
  readonly deliveredBytes?: number | undefined;
  /** Share of the delivery by the provider's name of the region; sums to 1. */
  readonly regionShares?: Readonly<Record<string, number>> | undefined;
  /** Uploads in the month. */
  readonly uploads?: number | undefined;
  /** Deletes in the month. */
  readonly deletions?: number | undefined;
}

/** One line of an estimate. */
export interface CostItem {
  /** What is paid for. */
  readonly name: string;
  /** How many units, after free allowances. */
  readonly quantity: number;
  /** The unit, for instance `GB-month`. */
  readonly unit: string;
  /** US dollars a unit. */
  readonly unitPriceUsd: number;
  /** US dollars of the line. */
  readonly amountUsd: number;
}

/** A month's cost under one plan. */
export interface CostEstimate {
  /** The provider's name of the plan. */
  readonly plan: string;
  /** The sum of `items`. */
  readonly monthlyUsd: number;
  /** Line by line. */
  readonly items: readonly CostItem[];
  /** What was assumed for numbers that were not given. */
  readonly assumptions: readonly string[];
  /** Day of the price table, `YYYY-MM-DD`. */
  readonly pricesAsOf: string;
  /** The same usage under the provider's other plans. */
  readonly alternatives?: readonly CostEstimate[];
}

/** What Cloudflare Stream costs. */
export interface StreamPrices {
  /** Day of the table, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** A prepaid block of stored minutes, a month. */
  readonly storageBlockUsd: number;
  /** Minutes in a block. */
  readonly storageBlockMinutes: number;
  /** A thousand delivered minutes. */
  readonly thousandDeliveredMinutesUsd: number;
}

/** Cloudflare's public prices of November 2026. */
export const PRICES: StreamPrices = {
  asOf: '2026-11-23',
  storageBlockUsd: 5,
  storageBlockMinutes: 1000,
  thousandDeliveredMinutesUsd: 1,
};

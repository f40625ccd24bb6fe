/** One tier of a price that falls with volume: its price applies to the quantity up to the end of the tier. */
export interface PriceTier {
  /** End of the tier; `Infinity` for the last. */
  readonly upTo: number;
  /** US dollars per unit. */
  readonly unitPriceUsd: number;
}

/** CloudFront's groups of edge locations. */
export type CloudFrontRegion =
  | 'north-america'
  | 'europe'
  | 'africa-middle-east'
  | 'south-america'
  | 'japan'
  | 'australia'
  | 'asia-pacific'
  | 'india';

/** A flat-rate plan of CloudFront. */
export interface FlatRatePlan {
  /** Its name, as AWS writes it. */
  readonly plan: string;
  /** US dollars per month. */
  readonly monthlyUsd: number;
  /** Requests per month that the plan includes. */
  readonly requests: number;
  /** Gigabytes of transfer per month that the plan includes. */
  readonly transferGigabytes: number;
  /** S3 storage that the plan includes. */
  readonly storageGigabytes: number;
}

/** What S3 and CloudFront cost, in US dollars. Gigabytes are 2^30 bytes, as on AWS's bills. */
export interface S3Prices {
  /** Day of the table, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Price of S3 Standard storage in us-east-1, per GB-month. */
  readonly storageGigabyteMonth: readonly PriceTier[];
  /** Price of a thousand PUT, COPY, POST or LIST requests. */
  readonly thousandWrites: number;
  /** Price of a thousand GET and other requests. */
  readonly thousandReads: number;
  /** Price of transfer to viewers, per GB, by region. */
  readonly transferGigabyte: Readonly<Record<CloudFrontRegion, readonly PriceTier[]>>;
  /** Price of ten thousand HTTPS requests, by region. */
  readonly tenThousandRequests: Readonly<Record<CloudFrontRegion, number>>;
  /** Free transfer per month, in all regions together. */
  readonly freeTransferGigabytes: number;
  /** Free requests a month. */
  readonly freeRequests: number;
  /** Price of one invalidation of a path or tag. */
  readonly invalidationPath: number;
  /** Free invalidation paths a month. */
  readonly freeInvalidationPaths: number;
  /** Price of transfer from S3 to the internet without CloudFront, per GB. */
  readonly directTransferGigabyte: number;
  /** Gigabytes per month that S3 transfers to the internet for free. */
  readonly freeDirectTransferGigabytes: number;
  /** The flat-rate plans, smallest first. */
  readonly flatRatePlans: readonly FlatRatePlan[];
}

const TERABYTE = 1024;
/** Ends of CloudFront's tiers in gigabytes: first 10 TB, next 40, 100, 350, 524, 4 096. */
const TIER_ENDS = [10, 50, 150, 500, 1024, 5120, Number.POSITIVE_INFINITY].map((terabytes) => terabytes * TERABYTE);

/** AWS's public prices of November 2026 (pricing pages of Amazon S3 and Amazon CloudFront). */
export const PRICES: S3Prices = {
  asOf: '2026-11-23',
  storageGigabyteMonth: [
    { upTo: 50 * TERABYTE, unitPriceUsd: 0.023 },
    { upTo: 500 * TERABYTE, unitPriceUsd: 0.022 },
    { upTo: Number.POSITIVE_INFINITY, unitPriceUsd: 0.021 },
  ],
  thousandWrites: 0.005,
  thousandReads: 0.0004,
  transferGigabyte: {
    'north-america': tiers(0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02),
    europe: tiers(0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02),
    'africa-middle-east': tiers(0.11, 0.105, 0.09, 0.08, 0.06, 0.05, 0.04),
    'south-america': tiers(0.11, 0.105, 0.09, 0.08, 0.06, 0.05, 0.04),
    japan: tiers(0.114, 0.089, 0.086, 0.084, 0.08, 0.07, 0.06),
    australia: tiers(0.114, 0.098, 0.094, 0.092, 0.09, 0.085, 0.08),
    'asia-pacific': tiers(0.12, 0.1, 0.095, 0.09, 0.08, 0.07, 0.06),
    india: tiers(0.109, 0.085, 0.082, 0.08, 0.078, 0.075, 0.072),
  },
  tenThousandRequests: {
    'north-america': 0.01,
    europe: 0.012,
    'africa-middle-east': 0.012,
    'south-america': 0.022,
    japan: 0.012,
    australia: 0.0125,
    'asia-pacific': 0.012,
    india: 0.012,
  },
  freeTransferGigabytes: TERABYTE,
  freeRequests: 10_000_000,
  invalidationPath: 0.005,
  freeInvalidationPaths: 1000,
  directTransferGigabyte: 0.09,
  freeDirectTransferGigabytes: 100,
  flatRatePlans: [
    { plan: 'Free', monthlyUsd: 0, requests: 1e6, transferGigabytes: 100, storageGigabytes: 5 },
    { plan: 'Pro', monthlyUsd: 15, requests: 10e6, transferGigabytes: 50 * TERABYTE, storageGigabytes: 50 },
    {
      plan: 'Business',
      monthlyUsd: 200,
      requests: 125e6,
      transferGigabytes: 50 * TERABYTE,
      storageGigabytes: TERABYTE,
    },
    {
      plan: 'Premium',
      monthlyUsd: 1000,
      requests: 500e6,
      transferGigabytes: 50 * TERABYTE,
      storageGigabytes: 5 * TERABYTE,
    },
    premium(75, 750e6, 1450),
    premium(125, 1.25e9, 2250),
    premium(200, 2e9, 3500),
    premium(350, 3.5e9, 6000),
    premium(600, 6e9, 10_000),
  ],
};

/** A level of the Premium plan. */
function premium(terabytes: number, requests: number, monthlyUsd: number): FlatRatePlan {
  const transferGigabytes = terabytes * TERABYTE;
  return { plan: `Premium, ${terabytes} TB`, monthlyUsd, requests, transferGigabytes, storageGigabytes: 5 * TERABYTE };
}

function tiers(...pricesUsd: readonly number[]): readonly PriceTier[] {
  return pricesUsd.map((unitPriceUsd, index) => ({ upTo: TIER_ENDS[index] ?? Number.POSITIVE_INFINITY, unitPriceUsd }));
}

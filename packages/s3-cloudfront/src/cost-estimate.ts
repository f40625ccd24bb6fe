import { type CostEstimate, type CostItem, type Usage, ValidationError } from '@videostorage/core';
import { type CloudFrontRegion, PRICES, type PriceTier, type S3Prices } from './pricing.ts';

const GIGABYTE = 2 ** 30;
/** A browser asks for a file in about so many ranges. */
const REQUESTS_A_VIEW = 10;
const MEGABITS_A_SECOND = 5;

/** A month on S3 and CloudFront, pay as you go; the flat-rate plans that would hold the same usage as `alternatives`. */
export function estimateS3CloudFrontCost(usage: Usage, overrides: Partial<S3Prices> = {}): CostEstimate {
  const prices = { ...PRICES, ...overrides };
  const assumptions: string[] = [];
  const storedGigabytes = usage.storedBytes / GIGABYTE;
  const delivered = deliveredGigabytes(usage, assumptions);
  const shares = regionShares(usage, prices, assumptions);
  const uploads = assume(usage.uploads, 0, 'No uploads in the month.', assumptions);
  const deletions = assume(usage.deletions, 0, 'No deletes in the month.', assumptions);
  const requests = usage.views * REQUESTS_A_VIEW;
  assumptions.push(`${REQUESTS_A_VIEW} requests a view, all by HTTPS, and uploads by one POST each.`);
  assumptions.push('A GB is 2^30 bytes; storage at us-east-1 prices, S3 Standard; no taxes.');

  const storage = tiered('S3 Standard storage', 'GB-month', storedGigabytes, 0, prices.storageGigabyteMonth);
  const writes = line('S3 uploads', 'thousand requests', uploads / 1000, prices.thousandWrites);
  const transfer = shares.flatMap(([region, share]) => {
    const free = prices.freeTransferGigabytes * share;
    return tiered(`CloudFront transfer, ${region}`, 'GB', delivered * share, free, prices.transferGigabyte[region]);
  });
  const billedRequests = Math.max(0, requests - prices.freeRequests);
  const requestLines = shares.map(([region, share]) =>
    line(
      `CloudFront requests, ${region}`,
      'ten thousand',
      (billedRequests * share) / 10_000,
      prices.tenThousandRequests[region],
    ),
  );
  const paths = Math.max(0, deletions - prices.freeInvalidationPaths);
  const invalidations = line('CloudFront invalidations', 'path', paths, prices.invalidationPath);
  const items = [...storage, writes, ...transfer, ...requestLines, invalidations].filter((item) => item.quantity > 0);
  return {
    plan: 'pay as you go',
    monthlyUsd: sum(items),
    items,
    assumptions,
    pricesAsOf: prices.asOf,
    alternatives: flatRates({ storedGigabytes, delivered, requests }, [writes], assumptions, prices),
  };
}

/** Plans whose allowance holds the month; storage beyond a plan's credit is paid as usual. */
function flatRates(
  month: { readonly storedGigabytes: number; readonly delivered: number; readonly requests: number },
  always: readonly CostItem[],
  assumptions: readonly string[],
  prices: S3Prices,
): readonly CostEstimate[] {
  const fitting = prices.flatRatePlans.filter(
    (plan) => plan.transferGigabytes >= month.delivered && plan.requests >= month.requests,
  );
  return fitting.map((plan) => {
    const beyond = Math.max(0, month.storedGigabytes - plan.storageGigabytes);
    const items = [
      line(`CloudFront ${plan.plan} plan`, 'month', 1, plan.monthlyUsd),
      ...tiered('S3 Standard storage beyond the credit', 'GB-month', beyond, 0, prices.storageGigabyteMonth),
      ...always,
    ].filter((item) => item.quantity > 0);
    return { plan: `flat rate: ${plan.plan}`, monthlyUsd: sum(items), items, assumptions, pricesAsOf: prices.asOf };
  });
}

function deliveredGigabytes(usage: Usage, assumptions: string[]): number {
  if (usage.deliveredBytes !== undefined) return usage.deliveredBytes / GIGABYTE;
  if (usage.deliveredMinutes !== undefined) {
    assumptions.push(
      `${MEGABITS_A_SECOND} megabits a second, that is ${(MEGABITS_A_SECOND * 60) / 8} megabytes a minute.`,
    );
    return (usage.deliveredMinutes * 60 * MEGABITS_A_SECOND * 1e6) / 8 / GIGABYTE;
  }
  const { videos } = usage;
  if (videos !== undefined && videos > 0) {
    assumptions.push('Each view delivers one whole video of average size.');
    return (usage.views * usage.storedBytes) / videos / GIGABYTE;
  }
  assumptions.push('An average video has 100 MB, and each view delivers all of it.');
  return (usage.views * 100e6) / GIGABYTE;
}

function regionShares(usage: Usage, prices: S3Prices, assumptions: string[]): readonly [CloudFrontRegion, number][] {
  const shares = usage.regionShares;
  if (shares === undefined) {
    assumptions.push('All viewers are in North America.');
    return [['north-america', 1]];
  }
  const known = Object.keys(prices.transferGigabyte) as CloudFrontRegion[];
  const total = Object.values(shares).reduce((one, other) => one + other, 0);
  const foreign = Object.keys(shares).filter((name) => !known.some((region) => region === name));
  if (foreign.length > 0 || Math.abs(total - 1) > 0.001 || Object.values(shares).some((share) => !(share >= 0))) {
    const message = `Region shares must sum to 1 over ${known.join(', ')}.`;
    throw new ValidationError([{ path: 'regionShares', code: 'OPTION_INVALID', message }]);
  }
  return known
    .map((region): [CloudFrontRegion, number] => [region, shares[region] ?? 0])
    .filter(([, share]) => share > 0);
}

function tiered(name: string, unit: string, quantity: number, free: number, tiers: readonly PriceTier[]): CostItem[] {
  const billed = Math.max(0, quantity - free);
  let from = 0;
  return tiers.flatMap(({ upTo, unitPriceUsd }) => {
    const within = Math.min(billed, upTo) - from;
    from = upTo;
    return within > 0 ? [line(name, unit, within, unitPriceUsd)] : [];
  });
}

function line(name: string, unit: string, quantity: number, unitPriceUsd: number): CostItem {
  return { name, quantity, unit, unitPriceUsd, amountUsd: quantity * unitPriceUsd };
}

function sum(items: readonly CostItem[]): number {
  return items.reduce((total, item) => total + item.amountUsd, 0);
}

function assume(given: number | undefined, otherwise: number, sentence: string, assumptions: string[]): number {
  if (given !== undefined) return given;
  assumptions.push(sentence);
  return otherwise;
}

import { type CostEstimate, type CostItem, checkUsage, type Usage } from '@videostorage/core';
import {
  type BilledRequests,
  DELETION,
  DELETION_WITHOUT_EDGES,
  FORM_UPLOAD,
  UPLOAD_IN_PARTS,
} from './billed-requests.ts';
import { itemsOf, line, sum, tiered } from './cost-items.ts';
import { planParts } from './part-plan.ts';
import { PRICES, type S3Prices } from './pricing.ts';
import { regionShares } from './region-shares.ts';

const GIGABYTE = 2 ** 30;
/** A browser reads a file in about so many ranges. */
const REQUESTS_A_VIEW = 10;
const MEGABITS_A_SECOND = 5;
const AVERAGE_VIDEO_BYTES = 100e6;

/** The settings that the estimate depends on. */
export interface CostSettings {
  /** Whether viewers are served by CloudFront, or by the bucket itself. */
  readonly hasDistribution: boolean;
  /** Files of at least this size are sent in parts. At most 5 GiB. */
  readonly multipartThresholdBytes: number;
  /** Preferred size of a part. */
  readonly partSizeBytes: number;
}

/** A month's usage in billed units; numbers that were not given are derived. */
interface Month {
  readonly storedGigabytes: number;
  readonly deliveredGigabytes: number;
  readonly viewerRequests: number;
  readonly writes: number;
  readonly reads: number;
  readonly deletions: number;
}

/**
 * A month on S3 and CloudFront, pay as you go; the flat-rate plans that would hold the same usage as `alternatives`.
 * Without a distribution, S3's own transfer, and all plans of CloudFront as `alternatives`.
 * @throws {ValidationError} values that are not numbers from 0, and region shares that do not sum to 1
 */
export function estimateS3CloudFrontCost(
  usage: Usage,
  overrides: Partial<S3Prices>,
  settings: CostSettings,
): CostEstimate {
  const prices = { ...PRICES, ...overrides };
  checkUsage(usage);
  const assumptions: string[] = [];
  const month = toMonth(usage, settings, assumptions);
  const shares = regionShares(usage, prices, assumptions);
  const bucket = itemsOf(
    tiered('S3 Standard storage', 'GB-month', month.storedGigabytes, 0, prices.storageGigabyteMonth),
    requestsOfBucket(month, prices),
  );
  const transfer = shares.flatMap(([region, share]) => {
    const free = prices.freeTransferGigabytes * share;
    const quantity = month.deliveredGigabytes * share;
    return tiered(`CloudFront transfer, ${region}`, 'GB', quantity, free, prices.transferGigabyte[region]);
  });
  const billedRequests = Math.max(0, month.viewerRequests - prices.freeRequests);
  const requests = shares.map(([region, share]) => {
    const quantity = (billedRequests * share) / 10_000;
    return line(`CloudFront requests, ${region}`, 'ten thousand', quantity, prices.tenThousandRequests[region]);
  });
  const paths = Math.max(0, month.deletions - prices.freeInvalidationPaths);
  const invalidations = line('CloudFront invalidations', 'path', paths, prices.invalidationPath);
  const common = { assumptions, pricesAsOf: prices.asOf };
  const items = itemsOf(bucket, transfer, requests, [invalidations]);
  const payAsYouGo = { plan: 'pay as you go', monthlyUsd: sum(items), items, ...common };
  const flatRates = flatRatePlans(month, prices).map((plan) => ({ ...plan, ...common }));
  if (settings.hasDistribution) return { ...payAsYouGo, alternatives: flatRates };
  const direct = itemsOf(bucket, directTransfer(month, prices));
  const alternatives = [{ ...payAsYouGo, plan: 'CloudFront, pay as you go' }, ...flatRates];
  return { plan: 'S3 without CloudFront', monthlyUsd: sum(direct), items: direct, ...common, alternatives };
}

/** Plans whose allowance holds the month; storage beyond a plan's credit is paid as usual. */
function flatRatePlans(month: Month, prices: S3Prices): readonly Pick<CostEstimate, 'plan' | 'monthlyUsd' | 'items'>[] {
  const fitting = prices.flatRatePlans.filter(
    (plan) => plan.transferGigabytes >= month.deliveredGigabytes && plan.requests >= month.viewerRequests,
  );
  return fitting.map((plan) => {
    const beyond = Math.max(0, month.storedGigabytes - plan.storageGigabytes);
    const items = itemsOf(
      [line(`CloudFront ${plan.plan} plan`, 'month', 1, plan.monthlyUsd)],
      tiered('S3 Standard storage beyond the credit', 'GB-month', beyond, 0, prices.storageGigabyteMonth),
      requestsOfBucket(month, prices),
    );
    return { plan: `flat rate: ${plan.plan}`, monthlyUsd: sum(items), items };
  });
}

function requestsOfBucket({ writes, reads }: Month, prices: S3Prices): readonly CostItem[] {
  return [
    line('S3 requests: PUT, POST, LIST', 'thousand requests', writes / 1000, prices.thousandWrites),
    line('S3 requests: GET, HEAD', 'thousand requests', reads / 1000, prices.thousandReads),
  ];
}

function directTransfer({ deliveredGigabytes, viewerRequests }: Month, prices: S3Prices): readonly CostItem[] {
  const billed = Math.max(0, deliveredGigabytes - prices.freeDirectTransferGigabytes);
  return [
    line('S3 transfer to the internet', 'GB', billed, prices.directTransferGigabyte),
    line('S3 requests of viewers', 'thousand requests', viewerRequests / 1000, prices.thousandReads),
  ];
}

function toMonth(usage: Usage, settings: CostSettings, assumptions: string[]): Month {
  const averageBytes = usage.videos ? usage.storedBytes / usage.videos : AVERAGE_VIDEO_BYTES;
  const deliveredGigabytes = deliveredBytes(usage, averageBytes, assumptions) / GIGABYTE;
  const uploads = assume(usage.uploads, 'No uploads in the month.', assumptions);
  const deletions = assume(usage.deletions, 'No deletes in the month.', assumptions);
  const inParts = averageBytes >= settings.multipartThresholdBytes;
  const parts = inParts ? planParts(averageBytes, settings.partSizeBytes).partCount : 0;
  const upload = inParts ? UPLOAD_IN_PARTS : FORM_UPLOAD;
  const deletion = settings.hasDistribution ? DELETION : DELETION_WITHOUT_EDGES;
  const way = inParts ? `${parts} parts` : 'one form';
  const requests = ({ writes, reads }: BilledRequests) => `${writes} PUT, COPY, POST or LIST and ${reads} GET`;
  assumptions.push(`${REQUESTS_A_VIEW} requests a view, all by HTTPS.`);
  assumptions.push(`An upload is ${way}; with its confirm ${requests(upload)}; a delete is ${requests(deletion)}.`);
  assumptions.push('The edges answer viewers from their caches: what they fetch from the bucket is left out.');
  assumptions.push('A GB is 2^30 bytes; storage at us-east-1 prices, S3 Standard; no taxes.');
  return {
    storedGigabytes: usage.storedBytes / GIGABYTE,
    deliveredGigabytes,
    viewerRequests: usage.views * REQUESTS_A_VIEW,
    writes: uploads * (parts + upload.writes) + deletions * deletion.writes,
    reads: uploads * upload.reads + deletions * deletion.reads,
    deletions,
  };
}

function deliveredBytes(usage: Usage, averageBytes: number, assumptions: string[]): number {
  if (usage.deliveredBytes !== undefined) return usage.deliveredBytes;
  if (usage.deliveredMinutes !== undefined) {
    const megabytesAMinute = (MEGABITS_A_SECOND * 60) / 8;
    assumptions.push(`${MEGABITS_A_SECOND} megabits a second, that is ${megabytesAMinute} megabytes a minute.`);
    return usage.deliveredMinutes * megabytesAMinute * 1e6;
  }
  assumptions.push(
    usage.videos
      ? 'Each view delivers one whole video of average size.'
      : 'An average video has 100 MB, and each view delivers all of it.',
  );
  return usage.views * averageBytes;
}

function assume(given: number | undefined, sentence: string, assumptions: string[]): number {
  if (given === undefined) assumptions.push(sentence);
  return given ?? 0;
}

import { refuseOption, type Usage } from '@videostorage/core';
import type { CloudFrontRegion, S3Prices } from './pricing.ts';

/** Where viewers are; all of them in North America when nothing is said. @throws {ValidationError} unknown regions, or shares that do not sum to 1 */
export function regionShares(
  usage: Usage,
  prices: S3Prices,
  assumptions: string[],
): readonly (readonly [CloudFrontRegion, number])[] {
  const shares = usage.regionShares;
  if (shares === undefined) {
    assumptions.push('All viewers are in North America.');
    return [['north-america', 1]];
  }
  const known = Object.keys(prices.transferGigabyte) as CloudFrontRegion[];
  const total = Object.values(shares).reduce((one, other) => one + other, 0);
  const foreign = Object.keys(shares).filter((name) => !known.some((region) => region === name));
  if (foreign.length > 0 || !(Math.abs(total - 1) <= 0.001) || Object.values(shares).some((share) => !(share >= 0))) {
    const message = `Region shares must sum to 1 over ${known.join(', ')}.`;
    refuseOption('regionShares', message);
  }
  return known.map((region) => [region, shares[region] ?? 0] as const).filter(([, share]) => share > 0);
}

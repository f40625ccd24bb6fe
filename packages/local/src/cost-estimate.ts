import { type CostEstimate, type CostItem, checkUsage, type Usage } from '@videostorage/core';

const BYTES_PER_GIGABYTE = 1e9;
/** Ten minutes at 2 Mbit/s. */
const AVERAGE_VIDEO_BYTES = 150_000_000;

/**
 * The cost of a month on your own disk and network, at your own prices. @throws {ValidationError} values that are not numbers
 * from 0
 */
export function estimateLocalCost(
  usage: Usage,
  prices: { readonly storage: number; readonly delivery: number; readonly asOf: string },
): CostEstimate {
  checkUsage(usage);
  const assumptions: string[] = ['The computer, its power and its upkeep are paid for already.'];
  const items = [
    item('Storage', usage.storedBytes / BYTES_PER_GIGABYTE, 'GB-month', prices.storage),
    item('Delivery', deliveredBytes(usage, assumptions) / BYTES_PER_GIGABYTE, 'GB', prices.delivery),
  ];
  return {
    plan: 'Own disk',
    monthlyUsd: items.reduce((sum, { amountUsd }) => sum + amountUsd, 0),
    items,
    assumptions,
    pricesAsOf: prices.asOf,
  };
}

function item(name: string, quantity: number, unit: string, unitPriceUsd: number): CostItem {
  return { name, quantity, unit, unitPriceUsd, amountUsd: quantity * unitPriceUsd };
}

/** The delivered bytes when they are given, else derived from the other numbers that are given. */
function deliveredBytes(usage: Usage, assumptions: string[]): number {
  const { deliveredMinutes, storedBytes, storedMinutes, videos, views } = usage;
  if (usage.deliveredBytes !== undefined) return usage.deliveredBytes;
  if (deliveredMinutes !== undefined && storedMinutes !== undefined && storedMinutes > 0) {
    assumptions.push('The videos that were watched have the average bit rate of the stored ones.');
    return (storedBytes / storedMinutes) * deliveredMinutes;
  }
  if (videos !== undefined && videos > 0) {
    assumptions.push('Each view plays one video of average size to its end.');
    return (storedBytes / videos) * views;
  }
  assumptions.push(`Each view sends ${AVERAGE_VIDEO_BYTES / 1e6} MB, since the number of videos is not known.`);
  return AVERAGE_VIDEO_BYTES * views;
}

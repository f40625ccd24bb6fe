import { type CostEstimate, type CostItem, checkUsage, type Usage } from '@videostorage/core';
import { PRICES, type StreamPrices } from './pricing.ts';

/**
 * When minutes are not known, they are derived from bytes at this bitrate: five megabits a second are 37.5 megabytes a minute.
 */
const MEGABITS_A_SECOND = 5;
const BYTES_A_MINUTE = (MEGABITS_A_SECOND * 1e6 * 60) / 8;

/**
 * A month on Cloudflare Stream: prepaid blocks of stored minutes, and minutes that were delivered.
 * @throws {ValidationError} values that are not numbers from 0
 */
export function estimateStreamCost(usage: Usage, overrides: Partial<StreamPrices> = {}): CostEstimate {
  checkUsage(usage);
  const prices = { ...PRICES, ...overrides };
  const assumptions: string[] = [];
  const stored = usage.storedMinutes ?? assumedMinutes('stored', usage.storedBytes, assumptions);
  const reserved = usage.reservedMinutes ?? 0;
  if (usage.reservedMinutes === undefined)
    assumptions.push('No minutes are reserved by uploads that have not arrived.');
  const delivered = deliveredMinutes(usage, stored, assumptions);
  assumptions.push('Stored minutes are bought in whole blocks, at least one; no taxes.');
  const blocks = Math.max(1, Math.ceil((stored + reserved) / prices.storageBlockMinutes));
  const items: readonly CostItem[] = [
    line(`Storage, blocks of ${prices.storageBlockMinutes} minutes`, 'block', blocks, prices.storageBlockUsd),
    line('Delivery', 'thousand minutes', delivered / 1000, prices.thousandDeliveredMinutesUsd),
  ];
  const monthlyUsd = items.reduce((sum, item) => sum + item.amountUsd, 0);
  return { plan: 'Stream', monthlyUsd, items, assumptions, pricesAsOf: prices.asOf };
}

function deliveredMinutes(usage: Usage, storedMinutes: number, assumptions: string[]): number {
  if (usage.deliveredMinutes !== undefined) return usage.deliveredMinutes;
  if (usage.deliveredBytes !== undefined) return assumedMinutes('delivered', usage.deliveredBytes, assumptions);
  if (usage.videos !== undefined && usage.videos > 0) {
    assumptions.push('Each view plays one whole video of average length.');
    return (usage.views * storedMinutes) / usage.videos;
  }
  assumptions.push('Each view plays five minutes.');
  return usage.views * 5;
}

function assumedMinutes(what: string, bytes: number, assumptions: string[]): number {
  assumptions.push(`Minutes ${what} are derived from bytes at ${MEGABITS_A_SECOND} megabits a second.`);
  return bytes / BYTES_A_MINUTE;
}

function line(name: string, unit: string, quantity: number, unitPriceUsd: number): CostItem {
  return { name, quantity, unit, unitPriceUsd, amountUsd: quantity * unitPriceUsd };
}

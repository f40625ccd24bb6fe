import type { CostItem } from '@videostorage/core';
import type { PriceTier } from './pricing.ts';

/** One line of an estimate. */
export function line(name: string, unit: string, quantity: number, unitPriceUsd: number): CostItem {
  return { name, quantity, unit, unitPriceUsd, amountUsd: quantity * unitPriceUsd };
}

/** What is free comes off first; the rest fills the tiers from the first on, a line for each. */
export function tiered(
  name: string,
  unit: string,
  quantity: number,
  free: number,
  tiers: readonly PriceTier[],
): readonly CostItem[] {
  const billed = Math.max(0, quantity - free);
  let from = 0;
  return tiers.flatMap(({ upTo, unitPriceUsd }) => {
    const within = Math.min(billed, upTo) - from;
    from = upTo;
    return within > 0 ? [line(name, unit, within, unitPriceUsd)] : [];
  });
}

/** All lines that count something. */
export function itemsOf(...groups: readonly (readonly CostItem[])[]): readonly CostItem[] {
  return groups.flat().filter((item) => item.quantity > 0);
}

/** US dollars of all lines. */
export function sum(items: readonly CostItem[]): number {
  return items.reduce((total, item) => total + item.amountUsd, 0);
}

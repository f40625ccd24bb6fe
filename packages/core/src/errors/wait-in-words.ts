const UNITS = [
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
] as const;
const DAY_MS = 86_400_000;

/**
 * A delay as people say it: `90 seconds`, `60 minutes`, `3 days`. Rounded up, so that waiting that long is enough; at least
 * one second. The next larger unit is used only from two of it on, so that rounding adds little.
 */
export function waitInWords(delayMs: number): string {
  for (const [index, [unit, unitMs]] of UNITS.entries()) {
    const nextMs = UNITS[index + 1]?.[1] ?? DAY_MS;
    if (delayMs <= 2 * nextMs - unitMs) return count(delayMs, unitMs, unit);
  }
  return count(delayMs, DAY_MS, 'day');
}

function count(delayMs: number, unitMs: number, unit: string): string {
  const amount = Math.max(1, Math.ceil(delayMs / unitMs));
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

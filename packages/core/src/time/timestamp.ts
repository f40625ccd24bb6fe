import type { Timestamp } from '../contract/primitives.ts';

/** Milliseconds since the epoch as ISO 8601, UTC. @throws {RangeError} outside the years 0–9999 */
export function toTimestamp(epochMs: number): Timestamp {
  const text = new Date(epochMs).toISOString();
  if (text.length !== 24) throw new RangeError('The time is outside the years 0 to 9999.');
  return text;
}

/** Whether a value is a time as `toTimestamp` writes it, of a day that exists. Takes any input. */
export function isTimestamp(value: unknown): value is Timestamp {
  if (typeof value !== 'string' || value.length !== 24) return false;
  const epochMs = Date.parse(value);
  return Number.isFinite(epochMs) && new Date(epochMs).toISOString() === value;
}

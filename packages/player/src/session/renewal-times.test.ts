import { describe, expect, test } from 'vitest';
import { lifetimeOf, renewalDelayMs, retryDelayMs } from './renewal-times.ts';

describe('the lifetime of a grant', () => {
  test('is five times the time from renewAfter to the expiry, whatever the local date', () => {
    const times = { renewAfter: '2001-01-01T00:48:00.000Z', expiresAt: '2001-01-01T01:00:00.000Z' };
    expect(lifetimeOf(times)).toBe(3_600_000);
  });

  test.each([
    ['2001-01-01T00:00:00.000Z', '2001-01-01T00:00:00.000Z'],
    ['2001-01-01T00:00:01.000Z', '2001-01-01T00:00:00.000Z'],
    ['2001-01-01T00:00:00.000Z', '2001-01-01T00:00:00.199Z'],
    ['', 'no time'],
  ])('is at least a second (%s to %s)', (renewAfter, expiresAt) => {
    expect(lifetimeOf({ renewAfter, expiresAt })).toBe(1000);
  });
});

test('a grant is renewed between 80 and 85 % of its lifetime', () => {
  expect(renewalDelayMs(100_000, () => 0)).toBe(80_000);
  expect(renewalDelayMs(100_000, () => 1)).toBeCloseTo(85_000);
});

test.each([
  [5000, 4000],
  [4000, 3000],
  [2000, 1000],
  [1000, 500],
])(
  'of %i ms, at least a second is reserved for the new source, but at most half of the lifetime',
  (lifetimeMs, delayMs) => {
    expect(renewalDelayMs(lifetimeMs, () => 0)).toBe(delayMs);
    expect(renewalDelayMs(lifetimeMs, () => 1)).toBe(delayMs);
  },
);

describe('the pause after a renewal that failed', () => {
  const pauses = (lifetimeMs: number, random: number) =>
    Array.from({ length: 8 }, (_, failures) => retryDelayMs(failures, lifetimeMs, undefined, () => random));

  test('doubles from half a second to 20 seconds, reduced at random by up to half', () => {
    expect(pauses(3_600_000, 1)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
    expect(pauses(3_600_000, 0)).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(retryDelayMs(1_000_000, 3_600_000, undefined, () => 1)).toBe(20_000);
  });

  test('begins shorter for a short grant, so that three attempts fit into its last fifth', () => {
    const [first = 0, second = 0] = pauses(2000, 1);
    expect(first).toBe(100);
    expect(first + second).toBeLessThan(400);
  });

  test('is never shorter than the host app requests', () => {
    expect(retryDelayMs(0, 3_600_000, 60_000, () => 0)).toBe(60_000);
    expect(retryDelayMs(6, 3_600_000, 1000, () => 1)).toBe(20_000);
  });

  test('is at most ten minutes, whatever the host app requests', () => {
    expect(retryDelayMs(0, 3_600_000, 600_000, () => 0)).toBe(600_000);
    expect(retryDelayMs(0, 3_600_000, 2 ** 31, () => 0)).toBe(600_000);
  });
});

import { ManualClock } from '@videostorage/testing';
import { expect, test } from 'vitest';
import { ProviderTime } from './provider-time.ts';

const NOW_MS = Date.parse('2026-11-23T10:00:00.000Z');
const DAY_MS = 86_400_000;

function observed(...dates: readonly (string | undefined)[]): ProviderTime {
  const time = new ProviderTime(new ManualClock({ nowMs: NOW_MS }));
  for (const date of dates) time.observe({ header: (name) => (name === 'date' ? date : undefined) });
  return time;
}

const ahead = (offMs: number) => new Date(NOW_MS + offMs).toUTCString();

test.each([
  [59_000, 0],
  [-59_000, 0],
  [60_000, 60_000],
  [-60_000, -60_000],
  [DAY_MS, DAY_MS],
  [-DAY_MS, -DAY_MS],
  [DAY_MS + 1000, 0],
  [-DAY_MS - 1000, 0],
])(
  'a clock that is %i ms ahead counts as %i: less than a minute may be the time of the transfer, more than a day is ignored',
  (offMs, skewMs) => {
    const time = observed(ahead(offMs));
    expect(time.skewMs).toBe(skewMs);
    expect(time.now()).toBe(NOW_MS + skewMs);
  },
);

test('the last answer counts; an answer without a date, or with one that cannot be read, changes nothing', () => {
  expect(observed(ahead(3_600_000), undefined, 'soon').skewMs).toBe(3_600_000);
  expect(observed(ahead(3_600_000), ahead(0)).skewMs).toBe(0);
});

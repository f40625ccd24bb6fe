import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { hammer } from '../test-support/hammer.ts';
import { clientKinds } from '../test-support/open-client.ts';

const url = process.env['VIDEOSTORAGE_TEST_REDIS_URL'] ?? '';
const tenMinutesMs = 600_000;
const limited = { key: 'limited', limit: 20, windowMs: 1000 };
/** An entry of the same calls; its large limit makes the server keep the time of every accepted call. */
const witness = { key: 'witness', limit: 1000, windowMs: 3_600_000 };

test.skipIf(url === '').each([
  ['T-E1', [0]],
  ['T-E2: clocks ten minutes ahead and behind', [tenMinutesMs, -tenMinutesMs]],
])(
  '%s: 8 processes × 16 calls at a time for 4 s: exactly 20 in the fullest window of a second',
  async (_name, shifts) => {
    const keyPrefix = `test-${randomUUID()}`;
    const reports = await hammer(
      Array.from({ length: 8 }, (_, index) => ({
        ...{ url, keyPrefix, entries: [limited, witness], parallel: 16, forMs: 4000 },
        kind: clientKinds[index % clientKinds.length] ?? 'ioredis',
        clockShiftMs: shifts[index % shifts.length] ?? 0,
      })),
    );
    const acceptedAtUs = await timesOf(`{${keyPrefix}}:1000:3600000:witness`);
    const sum = (name: 'accepted' | 'refused') => reports.reduce((total, report) => total + report[name], 0);
    expect(acceptedAtUs).toHaveLength(sum('accepted'));
    expect(mostInAnyWindow(acceptedAtUs, 1_000_000)).toBe(20);
    // Four windows are full, and a fifth may have begun.
    expect(acceptedAtUs.length).toBeGreaterThanOrEqual(80);
    expect(acceptedAtUs.length).toBeLessThanOrEqual(100);
    expect(sum('refused')).toBeGreaterThan(1000);
  },
);

/** Oldest first. */
async function timesOf(key: string): Promise<readonly number[]> {
  const client = new Redis(url);
  const times = await client.lrange(key, 0, -1);
  client.disconnect();
  return times.map(Number).toReversed();
}

function mostInAnyWindow(times: readonly number[], windowUs: number): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + windowUs).length));
}

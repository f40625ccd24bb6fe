import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { MemoryRateLimitStore } from './memory-rate-limit-store.ts';

const entry = (key: number) => ({ key: `upload/user/20/3600000/${key}`, limit: 20, windowMs: 3_600_000 });

test('T-E4: 300 000 keys at once, more than it holds by default, keep within 128 MiB of heap', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const heapBytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = heapBytes();
  const store = new MemoryRateLimitStore({ clock: new ManualClock() });
  for (let key = 0; key < 300_000; key++) await store.take([entry(key)]);
  expect(heapBytes() - before).toBeLessThan(128 * 1024 * 1024);
  expect(store.size).toBeGreaterThan(250_000);
  expect(store.size).toBeLessThanOrEqual(250_000 + 4096);
  expect((await store.take([entry(0)]))[0]?.remaining).toBe(18);
});

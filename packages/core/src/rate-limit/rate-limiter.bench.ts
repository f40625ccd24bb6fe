import { RateLimiterMemory } from 'rate-limiter-flexible';
import { expect, test } from 'vitest';
import { MemoryRateLimitStore } from './memory-rate-limit-store.ts';
import { RateLimiter } from './rate-limiter.ts';

// rate-limiter-flexible counts in fixed windows: up to twice the limit is allowed around a window's edge. Ours is exact in
// any rolling window, so the guarantees differ; the ratio shows the cost of exactness.
test('limiter against rate-limiter-flexible in memory', async ({ bench }) => {
  const limiter = new RateLimiter({ upload: [{ scope: 'user', limit: 1000, windowSeconds: 1 }] });
  const store = new MemoryRateLimitStore();
  const peer = new RateLimiterMemory({ points: 1000, duration: 1 });
  let turn = 0;
  const userId = () => `student-${turn++ % 10_000}`;
  const ours = await bench('RateLimiter.checkUploadLimit', async () => {
    await limiter.checkUploadLimit({ userId: userId(), contextId: 'assignment-1' });
  }).run();
  const bare = await bench('MemoryRateLimitStore.take', async () => {
    await store.take([{ key: userId(), limit: 1000, windowMs: 1000 }]);
  }).run();
  const theirs = await bench('rate-limiter-flexible RateLimiterMemory.consume', async () => {
    await peer.consume(userId());
  }).run();
  const ratio = (one: typeof ours) => theirs.latency.mean / one.latency.mean;
  console.log(
    `speed against rate-limiter-flexible: limiter ${ratio(ours).toFixed(2)}, store ${ratio(bare).toFixed(2)}`,
  );
  expect(ratio(ours)).toBeGreaterThan(0.1);
});

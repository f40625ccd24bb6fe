import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { expect, test } from 'vitest';
import { hasRedis, startOwnRedis } from '../test-support/own-redis.ts';
import { RedisRateLimitStore } from './redis-rate-limit-store.ts';

const parallel = 64;

// rate-limiter-flexible counts in fixed windows, so up to twice the limit is allowed around a window's edge. Ours is exact
// in any rolling window, so the guarantees differ; the ratio shows the cost of exactness.
test.skipIf(!hasRedis)('store against rate-limiter-flexible on the same Redis', async ({ bench }) => {
  const server = await startOwnRedis();
  const client = new Redis(server.url);
  try {
    const store = new RedisRateLimitStore({ client, timeoutMs: 60_000 });
    const peer = new RateLimiterRedis({ storeClient: client, points: 1000, duration: 3600 });
    let turn = 0;
    const userId = () => `student-${turn++ % 10_000}`;
    const many = (call: () => Promise<unknown>) => () => Promise.all(Array.from({ length: parallel }, call));
    const ours = await bench(`RedisRateLimitStore.take × ${parallel}`, async () => {
      await many(() => store.take([{ key: userId(), limit: 1000, windowMs: 3_600_000 }]))();
    }).run();
    const two = await bench(`RedisRateLimitStore.take of two counts × ${parallel}`, async () => {
      const rule = { limit: 1000, windowMs: 3_600_000 };
      await many(() =>
        store.take([
          { key: userId(), ...rule },
          { key: `lesson-${userId()}`, ...rule },
        ]),
      )();
    }).run();
    const theirs = await bench(`rate-limiter-flexible RateLimiterRedis.consume × ${parallel}`, async () => {
      await many(() => peer.consume(userId()))();
    }).run();
    const perSecond = (one: typeof ours) => Math.round((parallel * 1000) / one.latency.mean);
    const ratio = (one: typeof ours) => (theirs.latency.mean / one.latency.mean).toFixed(2);
    console.log(
      `calls a second: one count ${perSecond(ours)}, two counts ${perSecond(two)}, rate-limiter-flexible ${perSecond(theirs)}; ` +
        `speed against rate-limiter-flexible: one count ${ratio(ours)}, two counts ${ratio(two)}`,
    );
    expect(theirs.latency.mean / ours.latency.mean).toBeGreaterThan(0.1);
  } finally {
    client.disconnect();
    await server.stop();
  }
});

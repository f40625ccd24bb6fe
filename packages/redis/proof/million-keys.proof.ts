// T-E4 in full size, `npm run proof -- million-keys`: a million users ask once each. Passes when Redis then has no key left, when
// this process has kept none of them (at most 8 MiB more after a garbage collection than after the first 50,000), and when the
// store in memory, all of whose windows are still open, holds no more counts than its `maxKeys` and grows no further once it is full.
import { performance } from 'node:perf_hooks';
import { MemoryRateLimitStore, type RateLimitStore } from '@videostorage/core';
import { Redis } from 'ioredis';
import { RedisRateLimitStore } from '../src/index.ts';
import { heldBytes } from '../test-support/held-bytes.ts';
import { startOwnRedis } from '../test-support/own-redis.ts';

const USERS = 1_000_000;
const FIRST_USERS = 50_000;
const AT_ONCE = 200;
const MAX_GROWTH_MIB = 8;
const WINDOW_MS = 5000;
const MIB = 1024 * 1024;

const growths = { redis: await proveRedis(), memory: await proveMemory() };
if (Math.max(...Object.values(growths)) > MAX_GROWTH_MIB) throw new Error('The memory in use grows with the keys.');

async function proveRedis(): Promise<number> {
  const server = await startOwnRedis();
  const client = new Redis(server.url);
  try {
    const store = new RedisRateLimitStore({ client, timeoutMs: 60_000 });
    const began = performance.now();
    const growthMib = await growthOf(store, WINDOW_MS);
    const seconds = (performance.now() - began) / 1000;
    await until(async () => (await client.dbsize()) === 0);
    const [, expired] = /expired_keys:(\d+)/.exec(await client.info('stats')) ?? [];
    console.log(
      JSON.stringify({ store: 'redis', users: USERS, seconds, 'growth, MiB': growthMib, 'keys expired': expired }),
    );
    if (Number(expired) !== USERS) throw new Error('Not every key has expired.');
    return growthMib;
  } finally {
    client.disconnect();
    await server.stop();
  }
}

async function proveMemory(): Promise<number> {
  const store = new MemoryRateLimitStore({ maxKeys: FIRST_USERS });
  const growthMib = await growthOf(store, 3_600_000);
  console.log(JSON.stringify({ store: 'memory', users: USERS, 'growth, MiB': growthMib, counts: store.size }));
  if (store.size > FIRST_USERS + 4096) throw new Error('The store in memory holds more counts than it may.');
  return growthMib;
}

/** How much more memory is in use after all users have asked than after the first ones. */
async function growthOf(store: RateLimitStore, windowMs: number): Promise<number> {
  const ask = async (from: number, to: number) => {
    for (let first = from; first < to; first += AT_ONCE) {
      const users = Array.from({ length: AT_ONCE }, (_, index) => ({
        key: `user-${first + index}`,
        limit: 3,
        windowMs,
      }));
      await Promise.all(users.map((user) => store.take([user])));
    }
    return heldBytes();
  };
  const before = await ask(0, FIRST_USERS);
  return ((await ask(FIRST_USERS, USERS)) - before) / MIB;
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await isDone()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('Keys are left a minute after their windows have ended.');
}

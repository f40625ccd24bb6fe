import type { Cluster, Redis } from 'ioredis';
import type { Redis as Valkey, Cluster as ValkeyCluster } from 'iovalkey';
import type { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { expectTypeOf, test } from 'vitest';
import type { RedisClient } from './redis-client.ts';

test('the listed clients are accepted without a cast: one server, pool, Sentinel, cluster', () => {
  expectTypeOf<Redis>().toExtend<RedisClient>();
  expectTypeOf<Cluster>().toExtend<RedisClient>();
  expectTypeOf<Valkey>().toExtend<RedisClient>();
  expectTypeOf<ValkeyCluster>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createClient>>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createClientPool>>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createCluster>>().toExtend<RedisClient>();
  expectTypeOf<ReturnType<typeof createSentinel>>().toExtend<RedisClient>();
});

test('an object with neither form is refused', () => {
  expectTypeOf<{ eval(script: string): Promise<unknown> }>().not.toExtend<RedisClient>();
  expectTypeOf<Map<string, string>>().not.toExtend<RedisClient>();
});

export type { IoredisLike, NodeRedisLike, RedisClient, ScriptInput } from './redis-client.ts';
export { RedisRateLimitStore } from './redis-rate-limit-store.ts';
export type { RedisRateLimitStoreOptions } from './redis-rate-limit-store-options.ts';

import { existsSync } from 'node:fs';
import { type RedisSettings, redis, startRedis } from '../../../tools/services/redis.ts';

/** A server that a test may stop, start again on its port, and set up as it likes. */
export interface OwnRedis {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether there is a Redis to start on this computer. */
export const hasRedis: boolean = redis.packages.every(({ brings }) => existsSync(brings));

/** Starts a server of the test's own. */
export async function startOwnRedis(settings: RedisSettings = {}): Promise<OwnRedis> {
  const { port, stop } = await startRedis(settings);
  return { port, url: `redis://127.0.0.1:${port}`, stop };
}

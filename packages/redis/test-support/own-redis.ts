import { existsSync } from 'node:fs';
import { type RedisSettings, redis, startRedis } from '../../../tools/services/redis.ts';

/** A server that a test may stop, restart on its port, and configure. */
export interface OwnRedis {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether there is a Redis to start on this computer. */
export const hasRedis: boolean = redis.packages.every(({ brings }) => existsSync(brings));

/** Starts a server for one test. */
export async function startOwnRedis(settings: RedisSettings = {}): Promise<OwnRedis> {
  const { port, stop } = await startRedis(settings);
  return { port, url: `redis://127.0.0.1:${port}`, stop };
}

export { freePort } from '../../../tools/services/free-port.ts';

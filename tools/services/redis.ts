import type { TestService } from './running-service.ts';
import { type RunningServer, startServer } from './start-server.ts';

const program = '/usr/bin/redis-server';

/** Redis that stores nothing on disk. */
export const redis: TestService = {
  name: 'Redis',
  packages: [{ name: 'redis-server', brings: program }],
  async start() {
    const { port, stop } = await startRedis();
    return { environment: { VIDEOSTORAGE_TEST_REDIS_URL: `redis://127.0.0.1:${port}` }, stop };
  },
};

/** How a Redis server of one's own differs from the usual one. */
export interface RedisSettings {
  /** Default a free one. */
  readonly port?: number | undefined;
  /** Further arguments, for instance `--requirepass`. */
  readonly settings?: readonly string[] | undefined;
}

/** A Redis server of one's own, for tests that stop it and start it again, or set it up otherwise. */
export function startRedis({ port, settings = [] }: RedisSettings = {}): Promise<RunningServer> {
  return startServer({
    name: 'Redis',
    port,
    command: (place) => [
      ...([program, '--bind', '127.0.0.1', '--port', String(place.port), '--dir', place.folder] as const),
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no', ...settings],
    ],
    // It answers too where it asks for a password, and so does the program then.
    ready: (place) => place.run('redis-cli', '-h', '127.0.0.1', '-p', String(place.port), 'PING'),
  });
}

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

/** Options of a separate Redis server. */
export interface RedisSettings {
  /** Default a free one. */
  readonly port?: number | undefined;
  /** Further arguments, for instance `--requirepass`. */
  readonly settings?: readonly string[] | undefined;
}

/** A separate Redis server, for tests that stop and restart it, or configure it differently. */
export function startRedis({ port, settings = [] }: RedisSettings = {}): Promise<RunningServer> {
  return startServer({
    name: 'Redis',
    port,
    command: (place) => [
      ...([program, '--bind', '127.0.0.1', '--port', String(place.port), '--dir', place.folder] as const),
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no', ...settings],
    ],
    // With a password the server answers too, by asking for it, and then the client exits successfully.
    ready: (place) => place.run('redis-cli', '-h', '127.0.0.1', '-p', String(place.port), 'PING'),
  });
}

import { chmodSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { firstAnswer } from '../test-support/first-answer.ts';
import { mariadb } from './mariadb.ts';
import { postgresql } from './postgresql.ts';
import { redis, startRedis } from './redis.ts';
import type { RunningService, TestService } from './running-service.ts';
import { startServer } from './start-server.ts';

const sslRequest = Buffer.from('0000000804d2162f', 'hex');
const isThere = ({ packages }: TestService) => packages.every(({ brings }) => globSync(brings).length > 0);

/** Each service, its variable, the default port that it must not use, and its first answer. */
const services = [
  [redis, 'VIDEOSTORAGE_TEST_REDIS_URL', 6379, 'PING\r\n', /^\+PONG/],
  [postgresql, 'VIDEOSTORAGE_TEST_POSTGRES_URL', 5432, sslRequest, /^N/],
  [mariadb, 'VIDEOSTORAGE_TEST_MARIADB_URL', 3306, '', /MariaDB/],
] as const;

describe.each(services)('$name', (service, variable, defaultPort, request, answer) => {
  let privateFolder: string;
  let running: RunningService[];
  beforeEach(() => {
    running = [];
    privateFolder = mkdtempSync(join(tmpdir(), 'private-'));
    chmodSync(privateFolder, 0o700);
    mkdirSync(join(privateFolder, 'tmp'));
    vi.stubEnv('TMPDIR', join(privateFolder, 'tmp'));
  });
  afterEach(async () => {
    for (const each of running) await each.stop();
    vi.unstubAllEnvs();
    rmSync(privateFolder, { recursive: true });
  });

  test.skipIf(!isThere(service))(
    'runs twice in parallel, also below a private folder, and leaves nothing behind',
    async () => {
      const before = { folders: foldersOf(service), memory: sharedMemory() };
      for (let count = 0; count < 2; count += 1) running.push(await service.start());
      const ports = running.map(({ environment }) => Number(new URL(String(environment[variable])).port));
      expect(new Set([...ports, defaultPort]).size).toBe(3);
      for (const port of ports) expect(String(await firstAnswer(port, request))).toMatch(answer);
      expect(foldersOf(service).length).toBe(before.folders.length + 2);
      for (const each of running) await each.stop();
      for (const port of ports) await expect(firstAnswer(port, request)).rejects.toThrow();
      expect({ folders: foldersOf(service), memory: sharedMemory() }).toEqual(before);
      expect(readdirSync(join(privateFolder, 'tmp'))).toEqual([]);
    },
  );
});

test.skipIf(!isThere(redis))('Redis starts again on the port that it had', async () => {
  const first = await startRedis();
  await first.stop();
  const second = await startRedis({ port: first.port });
  expect(second.port).toBe(first.port);
  expect(String(await firstAnswer(second.port, 'PING\r\n'))).toBe('+PONG\r\n');
  await second.stop();
});

test('a server that ends at once reports why, with its output, and leaves nothing behind', async () => {
  const start = startServer({
    name: 'Broken',
    command: () => ['/bin/sh', '-c', 'echo on purpose; exit 3'],
    ready: () => Promise.reject(new Error('not yet')),
  });
  await expect(start).rejects.toThrow(
    /Broken does not start: it accepts no clients\n\/bin\/sh ended with 3\n--- sh.out\non purpose/,
  );
  expect(globSync(join(tmpdir(), 'broken-*'))).toEqual([]);
});

function foldersOf({ name }: TestService): readonly string[] {
  return [tmpdir(), '/tmp'].flatMap((folder) => globSync(join(folder, `${name.toLowerCase()}-*`)));
}

/**
 * Ids of the segments of System V shared memory, which outlive their processes; the process that attached last is ignored,
 * since other programs change it.
 */
function sharedMemory(): readonly string[] {
  const [, ...lines] = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/)[1] ?? '');
}

import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { MemoryRateLimitStore, RateLimiter } from '@videostorage/core';
import { Cluster, Redis } from 'ioredis';
import { Cluster as ValkeyCluster } from 'iovalkey';
import { createCluster } from 'redis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { heldBytes } from '../test-support/held-bytes.ts';
import { clientKinds, type OpenClient, openClient } from '../test-support/open-client.ts';
import { freePort, startOwnRedis } from '../test-support/own-redis.ts';
import { RedisRateLimitStore } from './index.ts';

const url = process.env['VIDEOSTORAGE_TEST_REDIS_URL'];
const patience = { timeout: 20_000, interval: 50 };
const entry = (key: string, limit = 3, windowMs = 60_000) => ({ key, limit, windowMs });
const uploads = (limit: number) => [{ scope: 'user', limit, windowSeconds: 3600 }] as const;

/** Functions that close and stop things after each test, in reverse order. */
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
async function ownRedis(...settings: readonly string[]) {
  const server = await startOwnRedis({ settings });
  ends.push(() => server.stop());
  return server;
}
function open(kind: (typeof clientKinds)[number], address: string): OpenClient {
  const opened = openClient(kind, address);
  ends.push(() => opened.close());
  return opened;
}

describe.skipIf(url === undefined).each(clientKinds)('with %s', (kind) => {
  test('of 200 simultaneous calls on two counts exactly the smaller limit is allowed; each is counted in both or in none', async () => {
    const { client } = open(kind, String(url));
    const store = new RedisRateLimitStore({ client, keyPrefix: randomUUID(), timeoutMs: 10_000 });
    const call = () => store.take([entry('a', 20), entry('b', 50)]);
    const outcomes = await Promise.all(Array.from({ length: 200 }, call));
    expect(outcomes.filter((results) => results.every(({ allowed }) => allowed))).toHaveLength(20);
    expect(await store.take([entry('b', 50)])).toMatchObject([{ allowed: true, remaining: 29 }]);
    const [refused] = await store.take([entry('a', 20)]);
    expect(refused).toMatchObject({ allowed: false, limit: 20, remaining: 0 });
    expect(refused?.retryAfterMs).toBeGreaterThan(0);
    expect(refused?.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test('a server that has lost the script gets it again, and no call fails', async () => {
    const { client } = open(kind, String(url));
    const onUnavailable = vi.fn();
    const store = new RedisRateLimitStore({ client, keyPrefix: randomUUID(), timeoutMs: 10_000, onUnavailable });
    const admin = new Redis(String(url));
    ends.push(() => admin.disconnect());
    for (const remaining of [2, 1, 0]) {
      await admin.script('FLUSH');
      expect(await store.take([entry('a')])).toMatchObject([{ allowed: true, remaining }]);
    }
    expect(onUnavailable).not.toHaveBeenCalled();
  });

  test('T-E8: while a server is killed calls are refused; after its restart counts are exact again, without intervention', async () => {
    const first = await ownRedis();
    const { client } = open(kind, first.url);
    const onUnavailable = vi.fn();
    const store = new RedisRateLimitStore({ client, onUnavailable });
    const limiter = new RateLimiter({ store, upload: uploads(3) });
    const call = () => limiter.checkUploadLimit({ userId: 'u' });
    await vi.waitFor(() => store.take([entry('probe', 1000)]), patience);
    onUnavailable.mockClear();
    await first.stop();
    for (let count = 0; count < 20; count += 1) {
      await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    }
    expect(onUnavailable).toHaveBeenCalledOnce();
    const second = await startOwnRedis({ port: first.port });
    ends.push(() => second.stop());
    await vi.waitFor(() => store.take([entry('probe', 1000)]), patience);
    // Abandoned commands are executed now, each as a call: never more than the limit is allowed.
    const patient = new RedisRateLimitStore({ client, timeoutMs: 10_000 });
    const results = await Promise.all(Array.from({ length: 30 }, () => patient.take([entry('fresh')])));
    expect(results.filter(([result]) => result?.allowed)).toHaveLength(3);
  });

  test('T-E8: for a server that accepts connections and does not answer, a local store answers in time', async () => {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      mute.close();
    });
    const address = mute.address();
    const { client } = open(kind, `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    const store = new RedisRateLimitStore({ client, whenUnavailable: new MemoryRateLimitStore(), processes: 10 });
    const limiter = new RateLimiter({ store, upload: uploads(20) });
    // The limiter itself would refuse after 250 ms.
    const call = () => limiter.checkUploadLimit({ userId: 'u' });
    expect(await call()).toMatchObject([{ allowed: true, limit: 20, remaining: 1 }]);
    expect(await call()).toMatchObject([{ allowed: true, limit: 20, remaining: 0 }]);
    await expect(call()).rejects.toMatchObject({ code: 'RATE_LIMITED', limit: 20 });
  });

  test('T-E8: a wrong password refuses; neither it nor the right one is in the error', async () => {
    const server = await ownRedis('--requirepass', 'right-canary');
    const { client } = open(kind, `redis://:wrong-canary@127.0.0.1:${server.port}`);
    const store = new RedisRateLimitStore({ client });
    const error: unknown = await store.take([entry('a')]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(`${JSON.stringify(error)} ${inspect(error, { depth: 9, showHidden: true })}`).not.toContain('canary');
  });
});

describe.skipIf(url === undefined)('on one server', () => {
  test('T-E8: a call to a slow server is abandoned; its late execution counts, so that never more than the limit is allowed', async () => {
    const server = await ownRedis();
    const { client } = open('ioredis', server.url);
    const admin = new Redis(server.url);
    ends.push(() => admin.disconnect());
    const store = new RedisRateLimitStore({ client });
    await vi.waitFor(() => store.take([entry('first')]), patience);
    await admin.call('CLIENT', 'PAUSE', '1500', 'ALL');
    const during = await Promise.allSettled(Array.from({ length: 2 }, () => store.take([entry('a')])));
    expect(during.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await vi.waitFor(() => store.take([entry('probe', 1000)]), patience);
    const patient = new RedisRateLimitStore({ client, timeoutMs: 10_000 });
    const after = await Promise.all(Array.from({ length: 5 }, () => patient.take([entry('a')])));
    expect(after.filter(([result]) => result?.allowed)).toHaveLength(1);
  });

  test('with a server out of memory a call is refused, and counted in none', async () => {
    const server = await ownRedis('--maxmemory-policy', 'noeviction');
    const { client } = open('ioredis', server.url);
    const admin = new Redis(server.url);
    ends.push(() => admin.disconnect());
    await admin.config('SET', 'maxmemory', '1');
    const store = new RedisRateLimitStore({ client, timeoutMs: 10_000 });
    const error: unknown = await store.take([entry('a'), entry('b')]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: { message: expect.stringContaining('OOM') } });
    expect(await admin.dbsize()).toBe(0);
    await admin.config('SET', 'maxmemory', '0');
    expect(await store.take([entry('a'), entry('b')])).toMatchObject([{ remaining: 2 }, { remaining: 2 }]);
  });

  test('a refused call writes nothing: it does not prolong the wait and uses no memory', async () => {
    const server = await ownRedis();
    const { client } = open('ioredis', server.url);
    const admin = new Redis(server.url);
    ends.push(() => admin.disconnect());
    const store = new RedisRateLimitStore({ client, timeoutMs: 10_000 });
    await store.take([entry('a', 1)]);
    await admin.config('RESETSTAT');
    let waitMs = Number.POSITIVE_INFINITY;
    for (let count = 0; count < 50; count += 1) {
      const [full, free] = await store.take([entry('a', 1), entry('b')]);
      expect([full?.allowed, free?.allowed]).toEqual([false, true]);
      expect(full?.retryAfterMs).toBeLessThanOrEqual(waitMs);
      waitMs = full?.retryAfterMs ?? 0;
    }
    const commands = [...(await admin.info('commandstats')).matchAll(/cmdstat_([a-z|]+):calls=(\d+)/g)];
    const names = commands.map(([, name]) => name);
    expect(names).toContain('evalsha');
    expect(names.filter((name) => !['evalsha', 'time', 'lindex', 'llen', 'info'].includes(String(name)))).toEqual([
      'config|resetstat',
    ]);
    expect(await admin.dbsize()).toBe(1);
  });

  test('T-E4: keys of 50 000 people expire by themselves, and this process keeps none of them', async () => {
    const server = await ownRedis();
    const { client } = open('ioredis', server.url);
    const admin = new Redis(server.url);
    ends.push(() => admin.disconnect());
    const store = new RedisRateLimitStore({ client, timeoutMs: 60_000 });
    const flood = async (people: number) => {
      for (let first = 0; first < people; first += 100) {
        await Promise.all(
          Array.from({ length: 100 }, (_, index) => store.take([entry(`${people}-${first + index}`, 3, 5000)])),
        );
      }
      return heldBytes();
    };
    // Memory for code that a first flood compiles, and for connections, stays in use.
    const before = await flood(1000);
    const after = await flood(50_000);
    // If only the key of each person, 64 characters, were kept, it would be 3.2 MB.
    expect(after - before).toBeLessThan(3 * 1024 * 1024);
    await vi.waitFor(async () => expect(await admin.dbsize()).toBe(0), { timeout: 60_000, interval: 200 });
    expect(await admin.info('stats')).toContain('expired_keys:51000\r\n');
  });

  test('T-E3: bursts before and after the end of a second do not reach twice the limit', async () => {
    const { client } = open('ioredis', String(url));
    const store = new RedisRateLimitStore({ client, keyPrefix: randomUUID(), timeoutMs: 10_000 });
    const witness = entry('witness', 1000, 3_600_000);
    const accepted: number[] = [];
    const burst = async () => {
      const results = await Promise.all(Array.from({ length: 20 }, () => store.take([entry('a', 10, 1000), witness])));
      accepted.push(results.filter((each) => each.every(({ allowed }) => allowed)).length);
    };
    await burst();
    const [wait] = await store.take([entry('a', 10, 1000), witness]);
    await burst();
    await new Promise((resolve) => setTimeout(resolve, wait?.retryAfterMs));
    await vi.waitFor(async () => {
      await burst();
      expect(accepted.reduce((sum, each) => sum + each, 0)).toBe(20);
    }, patience);
    expect(accepted.slice(0, 2)).toEqual([10, 0]);
  });

  test('T-E5, T-E9: two spellings of one id share a count on the server; look-alikes do not', async () => {
    const server = await ownRedis();
    const { client } = open('ioredis', server.url);
    const admin = new Redis(server.url);
    ends.push(() => admin.disconnect());
    const limiter = new RateLimiter({ store: new RedisRateLimitStore({ client }), upload: uploads(5) });
    const keysAfter = async (...ids: readonly string[]) => {
      for (const userId of ids) await limiter.checkUploadLimit({ userId });
      return admin.dbsize();
    };
    expect(await keysAfter('é', 'e\u0301')).toBe(1);
    expect(await keysAfter('K', '\u212A')).toBe(2);
    expect(await keysAfter('k', 'ｕ１', 'u1', 'ﬀ', 'ff')).toBe(7);
    for (const key of await admin.keys('*')) {
      expect(key).toMatch(/^\{videostorage:limits\}:5:3600000:[A-Za-z0-9_-]{43}$/);
    }
  });
});

test.skipIf(url === undefined)(
  'in a cluster of three the counts of a call are on one server, with each client',
  async () => {
    const nodes = await startCluster();
    const [first] = nodes;
    // The servers refuse a script whose keys are on different servers.
    await expect(first.admin.eval('return 1', 2, 'a', 'b')).rejects.toThrow('CROSSSLOT');
    // By `CLUSTER KEYSLOT`: one prefix of each server.
    const prefixes = ['limits-b', 'limits-a', 'limits-d'];
    const address = { host: '127.0.0.1', port: first.port };
    const [io, valkey] = [new Cluster([address]), new ValkeyCluster([address])];
    const nodeRedis = createCluster({ rootNodes: [{ url: first.url }] });
    const errors: unknown[] = [];
    for (const client of [io, valkey, nodeRedis]) client.on('error', (error: unknown) => errors.push(error));
    ends.push(() => [io.disconnect(), valkey.disconnect(), nodeRedis.destroy()]);
    await nodeRedis.connect();
    for (const [index, client] of [io, valkey, nodeRedis].entries()) {
      for (const keyPrefix of prefixes) {
        const store = new RedisRateLimitStore({ client, keyPrefix, timeoutMs: 10_000 });
        const results = await store.take([entry('a'), entry('b'), entry('c')]);
        expect(results).toMatchObject(Array.from({ length: 3 }, () => ({ allowed: true, remaining: 2 - index })));
      }
    }
    const held = await Promise.all(nodes.map(({ admin }) => admin.keys('*')));
    expect(held.map((keys) => keys.map((key) => key.slice(0, '{limits-a}'.length)))).toEqual(
      prefixes.map((prefix) => Array.from({ length: 3 }, () => `{${prefix}}`)),
    );
    expect(errors).toEqual([]);
  },
);

/** Three servers with a third of the slots each, which know each other. */
async function startCluster() {
  const start = async () => {
    // By default 10 000 above the server's own port, which may be above the last one.
    const bus = await freePort();
    const server = await ownRedis(
      '--cluster-enabled',
      'yes',
      '--cluster-announce-ip',
      '127.0.0.1',
      '--cluster-port',
      `${bus}`,
    );
    const admin = new Redis(server.url);
    ends.push(() => admin.disconnect());
    return { ...server, bus, admin };
  };
  const nodes = [await start(), await start(), await start()] as const;
  for (const [index, { admin, port, bus }] of nodes.entries()) {
    const slots = [Math.ceil((index * 16_384) / 3), Math.ceil(((index + 1) * 16_384) / 3) - 1];
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', ...slots.map(String));
    await nodes[0].admin.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus));
  }
  for (const { admin } of nodes) {
    await vi.waitFor(async () => {
      const information = String(await admin.call('CLUSTER', 'INFO'));
      expect(information).toContain('cluster_state:ok');
      expect(information).toContain('cluster_known_nodes:3');
    }, patience);
  }
  return nodes;
}

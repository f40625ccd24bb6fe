// 200,000 requests to /node over the local backend, with records and events in SQLite: `npm run proof -- steady-memory`.
// Uploads that are created, playback, a video's record, and four refusals: no such video, a wrong size, a body that is not
// JSON, and a method that the path does not have. Passes when the memory in use after a garbage collection, on the heap and
// in buffers outside it, has grown by at most 8 MiB each between the 20,000th request and the last.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { migrateVideoTables, nodeSqliteDialect, SqlEventLog, SqlVideoRecords } from '@videostorage/sql';
import { Kysely } from 'kysely';
import { toNodeListener } from '../src/node.ts';
import { endConnections, filmOfLoad, inParallel, request, student } from '../test-support/load.ts';
import { close, listen, localHost, readyVideo } from '../test-support/local-host.ts';

const REQUESTS = 200_000;
const BATCH = 20_000;
const MOST_GROWTH_MIB = 8;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const folder = await mkdtemp(join(tmpdir(), 'videostorage-memory-'));
const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: join(folder, 'videos.sqlite') }) });
await migrateVideoTables(database);
const secret = randomBytes(32).toString('base64');
const host = await localHost({
  ...{ routes: { actor: () => student }, limits: { upload: [], playback: [] } },
  stores: { records: new SqlVideoRecords({ database }), events: new SqlEventLog({ database, secrets: [secret] }) },
});
const server = createServer(toNodeListener(host.routes));
await listen(server, host.port);
try {
  await prove();
} finally {
  endConnections();
  await close(server);
  await host.dispose();
  await database.destroy();
  await rm(folder, { recursive: true });
}

async function prove(): Promise<void> {
  const video = `/api/video/videos/${await readyVideo(host.service, student)}`;
  const kinds = [
    { method: 'POST', path: `${video}/playback`, body: '{}', status: [200] },
    { method: 'GET', path: video, status: [200] },
    { method: 'POST', path: '/api/video/uploads', body: JSON.stringify(filmOfLoad), status: [201] },
    { method: 'GET', path: '/api/video/videos/00000000000000000000000000000000', status: [404] },
    {
      method: 'POST',
      path: '/api/video/uploads',
      body: JSON.stringify({ ...filmOfLoad, sizeBytes: -1 }),
      status: [422],
    },
    { method: 'POST', path: '/api/video/uploads', body: '{', status: [400] },
    { method: 'PUT', path: `${video}/playback`, body: '{}', status: [405] },
  ];
  const held: Held[] = [];
  for (let sent = 0; sent < REQUESTS; sent += BATCH) {
    await inParallel(BATCH, async (index) => {
      const kind = kinds[index % kinds.length];
      if (kind !== undefined) await request(host.port, kind);
    });
    const now = heldMib();
    held.push(now);
    const resident = Math.round(process.memoryUsage().rss / 2 ** 20);
    const parts = `heap ${now.heap.toFixed(1)} MiB, buffers ${now.buffers.toFixed(1)} MiB`;
    console.log(`after ${sent + BATCH} requests: ${parts}, process ${resident} MiB`);
  }
  for (const kind of ['heap', 'buffers'] as const) {
    const growth = (held.at(-1)?.[kind] ?? Number.NaN) - (held[0]?.[kind] ?? Number.NaN);
    console.log(`${kind}: grown by ${growth.toFixed(1)} MiB since the first ${BATCH} (at most ${MOST_GROWTH_MIB})`);
    if (!(growth <= MOST_GROWTH_MIB)) process.exitCode = 1;
  }
}

/** Memory in use, in MiB. */
interface Held {
  readonly heap: number;
  /** Outside the heap: bodies of requests, chunks of files, memory of native code. */
  readonly buffers: number;
}

/** Measured after a garbage collection. `arrayBuffers` is a part of `external`. */
function heldMib(): Held {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, buffers: external / 2 ** 20 };
}

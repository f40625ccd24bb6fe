// Requests per second of "create an upload" and "playback" through /node, compared with the same two routes without any
// checks, with records and events in PostgreSQL: `npm run proof -- postgres-load`. Passes when both reach 0.8 of the bare
// routes.
import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { migrateVideoTables, SqlEventLog, SqlVideoRecords } from '@videostorage/sql';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { toNodeListener } from '../src/node.ts';
import { bareListener, compareRates, endConnections, filmOfLoad, student } from '../test-support/load.ts';
import { close, listen, localHost, readyVideo } from '../test-support/local-host.ts';

const LEAST_RATIO = 0.8;

const url = process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'];
if (url === undefined) throw new Error('PostgreSQL is not running: `npm run proof` starts it.');
const name = `load_${randomBytes(6).toString('hex')}`;
const admin = open(url);
await sql`create database ${sql.id(name)}`.execute(admin);
const database = open(new URL(`/${name}`, url).href);
try {
  await migrateVideoTables(database);
  await prove();
} finally {
  await database.destroy();
  await sql`drop database ${sql.id(name)}`.execute(admin);
  await admin.destroy();
}

async function prove(): Promise<void> {
  const secret = randomBytes(32).toString('base64');
  const host = await localHost({
    ...{ routes: { actor: () => student }, limits: { upload: [], playback: [] } },
    stores: { records: new SqlVideoRecords({ database }), events: new SqlEventLog({ database, secrets: [secret] }) },
  });
  const serve = async (listener: RequestListener, port?: number) => {
    const server = createServer(listener);
    return { server, port: await listen(server, port) };
  };
  const ours = await serve(toNodeListener(host.routes), host.port);
  const bare = await serve(bareListener(host.service));
  try {
    const ports = { ours: ours.port, bare: bare.port };
    const videoId = await readyVideo(host.service, student);
    for (const ratio of [
      await compareRates('create an upload', ports, '/api/video/uploads', JSON.stringify(filmOfLoad)),
      await compareRates('playback', ports, `/api/video/videos/${videoId}/playback`, '{}'),
    ]) {
      if (!(ratio >= LEAST_RATIO)) process.exitCode = 1;
    }
  } finally {
    endConnections();
    await Promise.all([close(ours.server), close(bare.server)]);
    await host.dispose();
  }
}

function open(connectionString: string): Kysely<unknown> {
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 8 }) }) });
}

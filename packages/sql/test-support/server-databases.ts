import { randomBytes } from 'node:crypto';
import { Kysely, type LogConfig, MysqlDialect, PostgresDialect, sql } from 'kysely';
import { createPool } from 'mysql2';
import pg from 'pg';
import { migrateVideoTables } from '../src/migrate-video-tables.ts';
import type { VideoTables } from '../src/video-tables.ts';
import type { TestDatabase } from './sql-subjects.ts';

/** Fewer connections than callers, as in a host app. */
const CONNECTIONS = 8;

/** A database that other processes open by its URL. */
export interface ServerDatabase extends TestDatabase {
  readonly url: string;
}

/** Creates a database on the server of the URL, with two pools. `log` gets the statements of the first one. */
export async function postgresDatabase(url: string, log?: LogConfig): Promise<ServerDatabase> {
  return await ownDatabase(url, openPostgres, log);
}

/** Creates a database on the MySQL or MariaDB of the URL, with two pools, like `postgresDatabase`. */
export async function mysqlDatabase(url: string, log?: LogConfig): Promise<ServerDatabase> {
  return await ownDatabase(url, openMysql, log);
}

/** One database for many cases, emptied for each: creating one takes longer than most cases. */
export function sharedDatabase(open: () => Promise<TestDatabase>): {
  create(): Promise<TestDatabase>;
  dispose(): Promise<void>;
} {
  let opened: Promise<TestDatabase> | undefined;
  return {
    create: async () => {
      opened ??= open();
      const { first, second } = await opened;
      for (const table of tables) await sql`delete from ${sql.table(table)}`.execute(first);
      return { first, second, dispose: async () => undefined };
    },
    dispose: async () => (await opened)?.dispose(),
  };
}

const tables = [
  'videostorage_videos',
  'videostorage_usage',
  'videostorage_unknown_videos',
  'videostorage_events',
] as const satisfies readonly (keyof VideoTables)[];

async function ownDatabase(
  url: string,
  open: (url: string, log?: LogConfig) => Kysely<unknown>,
  log: LogConfig | undefined,
): Promise<ServerDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = open(url);
  await sql`create database ${sql.id(name)}`.execute(admin);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const [first, second] = [open(own.href, log), open(own.href)];
  await migrateVideoTables(first);
  return {
    url: own.href,
    first,
    second,
    dispose: async () => {
      await Promise.all([first.destroy(), second.destroy()]);
      await sql`drop database ${sql.id(name)}`.execute(admin);
      await admin.destroy();
    },
  };
}

function openPostgres(url: string, log?: LogConfig): Kysely<unknown> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  // As the README advises: without a listener the error of a killed connection, idle or in use, ends the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), ...(log && { log }) });
}

function openMysql(url: string, log?: LogConfig): Kysely<unknown> {
  return new Kysely<unknown>({
    dialect: new MysqlDialect({ pool: createPool({ uri: url, connectionLimit: CONNECTIONS }) }),
    ...(log && { log }),
  });
}

import {
  ConfigurationError,
  checkOptions,
  isVideoStorageError,
  StoreUnavailableError,
  systemClock,
} from '@videostorage/core';
import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { driverErrorKind, driverErrorText } from './driver-error.ts';
import { createVideoTables } from './migrations/001-videos-usage-events.ts';
import { type SqlFamily, sqlFamily } from './sql-family.ts';
import { type AnyKysely, SQL_STORE_OPTIONS, type SqlStoreOptions } from './sql-store-options.ts';

/** Attempts while another process holds the tables. */
const MAX_ATTEMPTS = 20;

/**
 * Brings the tables of this package to the newest layout, and returns the names of the migrations that it ran: none when
 * the tables are up to date. Safe to call at every start, even from many processes at the same time. The names of all its
 * tables, also of the two that record migrations, begin with `videostorage_`, so the host app's own migrations are not
 * touched.
 * @throws {StoreUnavailableError} the database does not answer
 * @throws {ConfigurationError} the database is not supported, or has the layout of a newer version of this package
 */
export async function migrateVideoTables(
  database: AnyKysely,
  options: Pick<SqlStoreOptions, 'dialect' | 'schema'> = {},
): Promise<readonly string[]> {
  const checked = checkOptions('migrateVideoTables', { database }, { database: SQL_STORE_OPTIONS.database });
  const names = { dialect: SQL_STORE_OPTIONS.dialect, schema: SQL_STORE_OPTIONS.schema };
  const { dialect, schema } = checkOptions('migrateVideoTables', options, names);
  const family = dialect ?? sqlFamily(checked.database);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await migrate(checked.database, family, schema);
    if (outcome.error === undefined) return outcome.names;
    if (isVideoStorageError(outcome.error)) throw outcome.error;
    const [, newer] = NEWER.exec(String(outcome.error)) ?? [];
    if (newer !== undefined) throw new ConfigurationError(newerTables(newer));
    const isBusy = ['contention', 'duplicate'].includes(driverErrorKind(outcome.error));
    if (!isBusy || attempt >= MAX_ATTEMPTS) {
      throw new StoreUnavailableError(undefined, { cause: new Error(driverErrorText(outcome.error)) });
    }
    await systemClock.sleep(Math.random() * Math.min(500, 10 * 2 ** attempt));
  }
}

/** Kysely's message about a migration that has run and is not one of these. */
const NEWER = /previously executed migration (\S{1,100}) is missing/;

function newerTables(migration: string): string {
  return `The tables are those of a newer version of @videostorage/sql, whose migration ${migration} has run: install that version.`;
}

/** mysql2 inserts values into the statement, and escapes quotes in them with a backslash. */
const NO_BACKSLASHES =
  'The SQL mode NO_BACKSLASH_ESCAPES is on, but the driver escapes with backslashes: a file name with a quote could change a statement. Remove the mode from `sql_mode`.';

async function migrate(database: Kysely<unknown>, family: SqlFamily, schema: string | undefined) {
  try {
    const plain = database.withoutPlugins();
    const collation = family === 'mysql' ? await mysqlCollation(plain) : '';
    const migrator = new Migrator({
      db: schema === undefined ? plain : plain.withSchema(schema),
      provider: {
        getMigrations: async () => ({ '001-videos-usage-events': createVideoTables(family, schema, collation) }),
      },
      migrationTableName: 'videostorage_migrations',
      migrationLockTableName: 'videostorage_migrations_lock',
      ...(schema !== undefined && { migrationTableSchema: schema }),
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    return { error, names: results.map(({ migrationName }) => migrationName) };
  } catch (error) {
    return { error: error ?? new Error('unknown'), names: [] };
  }
}

/**
 * The collation of bytes that does not ignore spaces at the end; the two servers name it differently.
 * @throws {ConfigurationError} the server does not understand the driver's escapes
 */
async function mysqlCollation(database: Kysely<unknown>): Promise<string> {
  const { version, backslash } = await database
    .selectNoFrom([sql<unknown>`version()`.as('version'), sql<unknown>`${'\\'}`.as('backslash')])
    .executeTakeFirstOrThrow();
  if (backslash !== '\\') throw new ConfigurationError(NO_BACKSLASHES);
  return /mariadb/i.test(String(version)) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}

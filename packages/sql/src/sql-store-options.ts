import { type Clock, type OptionSchema, type OptionSchemas, optional, optionOf, wholeNumber } from '@videostorage/core';
import type { Kysely } from 'kysely';
import { SQL_FAMILIES, type SqlFamily, sqlFamily } from './sql-family.ts';
import { SqlRunner } from './sql-runner.ts';
import type { VideoTables } from './video-tables.ts';

/**
 * A `Kysely` for any tables: the members that all of them have. It is needed because TypeScript accepts no typed
 * `Kysely` as a `Kysely<unknown>`.
 */
export interface AnyKysely {
  /** The same database without the host app's plugins. */
  withoutPlugins(): object;
  /** Begins a transaction. */
  transaction(): object;
  /** Closes the connections. This package never calls it. */
  destroy(): Promise<void>;
}

/** Settings that `SqlVideoRecords` and `SqlEventLog` share: where the tables are, and how long calls may take. */
export interface SqlStoreOptions {
  /** The host app's own Kysely. This package uses its connections but not its plugins, and never destroys it. */
  readonly database: AnyKysely;
  /** Which SQL the database understands. Default: recognised from its Kysely dialect. */
  readonly dialect?: SqlFamily | undefined;
  /** The schema that holds the tables. Default: the connection's. */
  readonly schema?: string | undefined;
  /**
   * The clock that times the wait before a transaction is tried again. Default: the computer's clock. The times of
   * records always come from the database.
   */
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
  /** Source of the jitter of the waits between attempts: returns a number from 0 to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /**
   * How long one transaction, or one read or write outside a transaction, may take, including retries and waits, in
   * milliseconds: 1–2 147 483 647. Most calls make one; `insert` up to four, `append` one more for each entry that
   * another process adds to the same record meanwhile. When the database has not answered by then, the call fails with
   * `STORE_UNAVAILABLE`, and the transaction is rolled back unless its commit was already sent. A statement that is
   * already running is not stopped, so set a limit at the server as well (`statement_timeout`, `max_execution_time`).
   * Default 30 000.
   */
  readonly timeoutMs?: number | undefined;
}

/** The schemas of the options. */
export const SQL_STORE_OPTIONS: {
  readonly database: OptionSchema<Kysely<unknown>>;
  readonly dialect: OptionSchema<SqlFamily | undefined>;
  readonly schema: OptionSchema<string | undefined>;
  readonly clock: OptionSchema<Pick<Clock, 'sleep'> | undefined>;
  readonly random: OptionSchema<(() => number) | undefined>;
  readonly timeoutMs: OptionSchema<number | undefined>;
} = {
  database: optionOf(
    (value): value is Kysely<unknown> => hasMethods(value, 'selectFrom', 'transaction', 'withoutPlugins'),
    'must be a Kysely, for instance new Kysely({ dialect: nodeSqliteDialect({ path }) })',
  ),
  dialect: optional(
    optionOf(
      (value): value is SqlFamily => SQL_FAMILIES.some((family) => family === value),
      `must be one of ${SQL_FAMILIES.join(', ')}`,
    ),
  ),
  schema: optional(
    optionOf((value): value is string => typeof value === 'string' && value !== '', 'must be the name of a schema'),
  ),
  clock: optional(
    optionOf(
      (value): value is Pick<Clock, 'sleep'> => hasMethods(value, 'sleep'),
      'must be a clock with sleep(delayMs)',
    ),
  ),
  random: optional(
    optionOf((value): value is () => number => typeof value === 'function', 'must be a function like Math.random'),
  ),
  timeoutMs: optional(wholeNumber(1, 2 ** 31 - 1, 'milliseconds')),
} satisfies OptionSchemas<SqlStoreOptions>;

/** The database without the host app's plugins, with the schema of the options. */
export function videoDatabase(database: Kysely<unknown>, schema: string | undefined): Kysely<VideoTables> {
  const plain = database.withoutPlugins().withTables<VideoTables>();
  return schema === undefined ? plain : plain.withSchema(schema);
}

/** Creates a runner from checked options. */
export function sqlRunner(options: {
  readonly database: Kysely<unknown>;
  readonly dialect?: SqlFamily | undefined;
  readonly schema?: string | undefined;
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
  readonly random?: (() => number) | undefined;
  readonly timeoutMs?: number | undefined;
}): SqlRunner {
  const { database, dialect, schema, ...times } = options;
  const family = dialect ?? sqlFamily(database);
  return new SqlRunner({ database: videoDatabase(database, schema), family, ...times });
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

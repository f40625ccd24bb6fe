import { type Clock, type OptionSchema, type OptionSchemas, optional, optionOf, wholeNumber } from '@videostorage/core';
import type { Kysely } from 'kysely';
import { SQL_FAMILIES, type SqlFamily, sqlFamily } from './sql-family.ts';
import { SqlRunner } from './sql-runner.ts';
import type { VideoTables } from './video-tables.ts';

/** A `Kysely` of any tables: what every one of them has. TypeScript takes none for a `Kysely<unknown>`. */
export interface AnyKysely {
  /** The same database without the host app's plugins. */
  withoutPlugins(): object;
  /** Begins a transaction. */
  transaction(): object;
  /** Closes the connections. Never called here. */
  destroy(): Promise<void>;
}

/** Where the tables are; settings that records and log share. */
export interface SqlStoreOptions {
  /** The host app's own Kysely: its connections are shared, its plugins are not used, and it is never destroyed here. */
  readonly database: AnyKysely;
  /** Which SQL the database speaks. Default: as its dialect writes. */
  readonly dialect?: SqlFamily | undefined;
  /** The schema that holds the tables. Default: the connection's. */
  readonly schema?: string | undefined;
  /** Waits before another attempt. Default: the computer's time. The time of records is the database's in any case. */
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
  /** 0 to 1, for those waits. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /**
   * How long one transaction, or one read or write outside of a transaction, may take, its attempts and waits included, in
   * milliseconds: 1–2 147 483 647. Most calls make one; `insert` up to four, `append` one more for each line that another process
   * adds to the same record meanwhile. A database that has not answered by then is `STORE_UNAVAILABLE`; the transaction is rolled
   * back unless its commit was sent. The statement that was sent is not stopped, so set the server's own bound as well
   * (`statement_timeout`, `max_execution_time`). Default 30 000.
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

/** The database as this package works with it. */
export function videoDatabase(database: Kysely<unknown>, schema: string | undefined): Kysely<VideoTables> {
  const plain = database.withoutPlugins().withTables<VideoTables>();
  return schema === undefined ? plain : plain.withSchema(schema);
}

/** A runner over checked options. */
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

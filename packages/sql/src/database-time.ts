import { type RawBuilder, sql } from 'kysely';
import type { SqlFamily } from './sql-family.ts';

/**
 * The database's current time, not that of the beginning of the transaction: whole milliseconds since the epoch,
 * in UTC whatever the time zone of the session is.
 */
export function databaseTime(family: SqlFamily): RawBuilder<number> {
  switch (family) {
    case 'postgres':
      return sql<number>`cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)`;
    case 'mysql':
      return sql<number>`(timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(3)) div 1000)`;
    case 'sqlite':
      return sql<number>`cast(round(unixepoch('subsec') * 1000) as integer)`;
  }
}

/**
 * The database's time as a bound of a condition, in a subquery, which is evaluated once: PostgreSQL cannot use an index with
 * a time that changes while it reads, and would compare every row of the table with a new time.
 */
export function databaseTimeBound(family: SqlFamily): RawBuilder<number> {
  return sql<number>`(select ${databaseTime(family)})`;
}

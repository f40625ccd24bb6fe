import { ConfigurationError } from '@videostorage/core';
import { type Kysely, sql } from 'kysely';

/**
 * A family of databases that share one dialect of SQL: PostgreSQL · MySQL 8 and MariaDB ≥ 10.6 · SQLite ≥ 3.42, which is
 * the first version whose `unixepoch` has fractions of a second. The SQLite that is built into Node is newer.
 */
export type SqlFamily = 'postgres' | 'mysql' | 'sqlite';

/** The names, for messages and options. */
export const SQL_FAMILIES: readonly SqlFamily[] = ['postgres', 'mysql', 'sqlite'];

/**
 * The family of a database, recognised by the SQL that its dialect writes, so that dialects of other packages work as well.
 * @throws {ConfigurationError} it writes another SQL, for instance that of SQL Server
 */
export function sqlFamily(database: Kysely<unknown>): SqlFamily {
  const text = database.withoutPlugins().selectNoFrom(sql.val(1).as('one')).compile().sql;
  if (text.includes('`')) return 'mysql';
  if (text.includes('$1')) return 'postgres';
  if (text.includes('?')) return 'sqlite';
  throw new ConfigurationError(
    `The dialect of \`database\` is not recognised as one of ${SQL_FAMILIES.join(', ')}; set \`dialect\` to one of them.`,
  );
}

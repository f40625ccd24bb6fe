import { checkOptions, type OptionSchemas, optional, optionOf, wholeNumber } from '@videostorage/core';
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { openNodeSqlite } from './open-node-sqlite.ts';

/** Settings of `nodeSqliteDialect`. */
export interface NodeSqliteDialectOptions {
  /** Path of the database file, which is created when missing. `:memory:` is a database that only this connection sees. */
  readonly path: string;
  /**
   * How long SQLite itself waits for another process's lock, 0–50 ms; the whole process is blocked meanwhile. Longer
   * waits are done by this package, asynchronously. Default 20.
   */
  readonly busyTimeoutMs?: number | undefined;
}

const OPTIONS = {
  path: optionOf((value): value is string => typeof value === 'string' && value !== '', 'must be the path of a file'),
  busyTimeoutMs: optional(wholeNumber(0, 50, 'milliseconds')),
} satisfies OptionSchemas<NodeSqliteDialectOptions>;

/**
 * Creates a Kysely dialect for the SQLite that is built into Node (`node:sqlite`): no package to install or compile. It
 * uses a write-ahead log, so that readers and one writer do not wait for each other; each commit is on disk before the
 * call resolves. The warning that `node:sqlite` is experimental is silenced: this package is tested with each Node that
 * it names in `engines`.
 * @throws {ConfigurationError} an option is unknown or invalid · this Node has no `node:sqlite`
 */
export function nodeSqliteDialect(options: NodeSqliteDialectOptions): Dialect {
  const { path, busyTimeoutMs = 20 } = checkOptions('nodeSqliteDialect', options, OPTIONS);
  return new NodeSqliteDialect(path, busyTimeoutMs);
}

class NodeSqliteDialect implements Dialect {
  readonly #path: string;
  readonly #busyTimeoutMs: number;

  constructor(path: string, busyTimeoutMs: number) {
    this.#path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  createDriver(): Driver {
    return new ImmediateSqliteDriver({ database: async () => openNodeSqlite(this.#path, this.#busyTimeoutMs) });
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database);
  }
}

/** A transaction that first reads and then writes fails when another process has written in between; one that begins as a writer waits instead. */
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** SQLite rolls back changes of tables as well, so a migration is done completely or not at all. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

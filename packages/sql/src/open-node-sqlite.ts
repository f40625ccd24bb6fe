import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { ConfigurationError } from '@videostorage/core';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/**
 * Opens a file with `node:sqlite`, in the form that Kysely's driver for SQLite expects. @throws {ConfigurationError} this
 * Node lacks it
 */
export function openNodeSqlite(path: string, busyTimeoutMs: number): SqliteDatabase {
  const { DatabaseSync } = loadNodeSqlite();
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    database.exec('pragma journal_mode = wal');
  } catch (error) {
    database.close();
    throw error;
  }
  return new NodeSqliteDatabase(database);
}

/** Loaded on first use, so that with other databases it is not loaded and its warning not printed. */
function loadNodeSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!/SQLite is an experimental feature/.test(String(warning))) {
      Reflect.apply(emitWarning, process, [warning, ...rest]);
    }
  };
  try {
    const sqlite = process.getBuiltinModule('node:sqlite');
    if (sqlite !== undefined) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new ConfigurationError(
    'This Node.js has no node:sqlite; use Node.js 22.19 or later, or another dialect of Kysely.',
  );
}

class NodeSqliteDatabase implements SqliteDatabase {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  prepare(sql: string): SqliteStatement {
    return new NodeSqliteStatement(this.#database.prepare(sql));
  }

  close(): void {
    this.#database.close();
  }
}

/** `node:sqlite` does not say whether a statement returns rows; it does when it has columns. */
class NodeSqliteStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...parameters.map(toInput));
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...parameters.map(toInput));
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...parameters.map(toInput));
  }
}

function toInput(value: unknown): SQLInputValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite has no type for a parameter of ${Object.prototype.toString.call(value)}.`);
}

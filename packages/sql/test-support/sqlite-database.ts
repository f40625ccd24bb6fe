import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { migrateVideoTables } from '../src/migrate-video-tables.ts';
import { nodeSqliteDialect } from '../src/node-sqlite-dialect.ts';
import type { TestDatabase } from './sql-subjects.ts';

let migrated: Promise<Uint8Array> | undefined;

/** The bytes of a database with empty tables, created once, since that takes longer than most tests. */
async function migratedFile(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-sql-'));
  const path = join(folder, 'empty.sqlite');
  const database = openSqlite(path);
  await migrateVideoTables(database);
  // Closing the last connection moves the write-ahead log into the file.
  await database.destroy();
  const bytes = await readFile(path);
  await rm(folder, { recursive: true });
  return bytes;
}

/** Creates a database in a separate file, with the tables. */
export async function sqliteDatabase(): Promise<TestDatabase & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-sql-'));
  const path = join(folder, 'videos.sqlite');
  migrated ??= migratedFile();
  await writeFile(path, await migrated);
  const [first, second] = [openSqlite(path), openSqlite(path)];
  return {
    path,
    first,
    second,
    dispose: async () => {
      await Promise.all([first.destroy(), second.destroy()]);
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * Opens another connection to a file. It never waits for a lock by blocking the process: the connection that has the lock is
 * in the same process, and would be blocked too.
 */
export function openSqlite(path: string): Kysely<unknown> {
  return new Kysely<unknown>({ dialect: nodeSqliteDialect({ path, busyTimeoutMs: 0 }) });
}

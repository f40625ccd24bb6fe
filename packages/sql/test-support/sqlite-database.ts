import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { migrateVideoTables } from '../src/migrate-video-tables.ts';
import { nodeSqliteDialect } from '../src/node-sqlite-dialect.ts';
import type { TestDatabase } from './sql-subjects.ts';

/** A database in a file of its own, with the tables. */
export async function sqliteDatabase(): Promise<TestDatabase & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-sql-'));
  const path = join(folder, 'videos.sqlite');
  const [first, second] = [openSqlite(path), openSqlite(path)];
  await migrateVideoTables(first);
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

/** One more connection to a file. */
export function openSqlite(path: string): Kysely<unknown> {
  return new Kysely<unknown>({ dialect: nodeSqliteDialect({ path }) });
}

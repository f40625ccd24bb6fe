import { writeFile } from 'node:fs/promises';
import { newUpload } from '@videostorage/service/testing';
import { Kysely, sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { recordsSubject } from '../test-support/sql-subjects.ts';
import { openSqlite, sqliteDatabase } from '../test-support/sqlite-database.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';

test('rows, changes and new ids are returned in the form that Kysely expects', async () => {
  interface Notes {
    readonly notes: { id?: number; text: string | null; flag: unknown; bytes: unknown };
  }
  const database = new Kysely<Notes>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
  await sql`create table notes (id integer primary key, text text, flag integer, bytes blob)`.execute(database);
  const values = { text: null, flag: true, bytes: new Uint8Array([1, 2]) };
  const inserted = await database.insertInto('notes').values(values).executeTakeFirstOrThrow();
  expect(inserted.insertId).toBe(1n);
  const returned = await database
    .insertInto('notes')
    .values({ ...values, flag: undefined })
    .returning('id')
    .execute();
  expect(returned).toEqual([{ id: 2 }]);
  const updated = await database.updateTable('notes').set({ text: 'x' }).executeTakeFirstOrThrow();
  expect(updated.numUpdatedRows).toBe(2n);
  const rows: unknown[] = [];
  for await (const row of database.selectFrom('notes').selectAll().orderBy('id').stream()) rows.push(row);
  expect(rows).toEqual([
    { id: 1, text: 'x', flag: 1, bytes: new Uint8Array([1, 2]) },
    { id: 2, text: 'x', flag: null, bytes: new Uint8Array([1, 2]) },
  ]);
  const dated = database
    .insertInto('notes')
    .values({ ...values, flag: new Date() })
    .execute();
  await expect(dated).rejects.toThrow('[object Date]');
  await database.destroy();
});

test('a file has a write-ahead log, and each commit is on disk before the call resolves', async () => {
  const { path, dispose } = await sqliteDatabase();
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path }) });
  const pragma = async (name: string) => (await sql.raw(`pragma ${name}`).execute(database)).rows[0];
  expect(await pragma('journal_mode')).toEqual({ journal_mode: 'wal' });
  expect(await pragma('synchronous')).toEqual({ synchronous: 2 });
  expect(await pragma('busy_timeout')).toEqual({ timeout: 20 });
  await database.destroy();
  await dispose();
});

test('waiting for the lock of another process does not block this one: its timers run', async () => {
  const { first, second, dispose } = await sqliteDatabase();
  const { records } = recordsSubject({ first, second, dispose });
  let inserting: Promise<unknown> | undefined;
  await second.transaction().execute(async () => {
    inserting = records.insert(newUpload(), []);
    for (let tick = 0; tick < 10; tick += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  });
  expect(await inserting).toMatchObject({ status: 'pending' });
  await dispose();
});

test('a transaction begins as a writer: another one cannot write between its reads and its writes', async () => {
  const { first, second, dispose } = await sqliteDatabase();
  const insert = sql`insert into videostorage_unknown_videos values ('memory', 'x', 1)`;
  await first.transaction().execute(async () => {
    await expect(insert.execute(second)).rejects.toThrow('database is locked');
  });
  await insert.execute(second);
  await dispose();
});

test('a file that is not a database is closed again', async () => {
  const { path, dispose } = await sqliteDatabase();
  await writeFile(path, 'This is not a database. '.repeat(100));
  const close = vi.spyOn(process.getBuiltinModule('node:sqlite').DatabaseSync.prototype, 'close');
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path }) });
  await expect(sql`select 1`.execute(database)).rejects.toThrow('not a database');
  expect(close).toHaveBeenCalledTimes(1);
  await dispose();
});

test('warnings are no longer filtered once SQLite is loaded', async () => {
  const { emitWarning } = process;
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
  await sql`select 1`.execute(database);
  expect(process.emitWarning).toBe(emitWarning);
  await database.destroy();
});

describe('options', () => {
  test('are strict, and block the process for at most 50 ms', () => {
    const refused = (options: object) => expect(() => Reflect.apply(nodeSqliteDialect, undefined, [options]));
    refused({}).toThrow('`path`');
    refused({ path: '' }).toThrow('`path`');
    refused({ path: 'x', busyTimeoutMs: 51 }).toThrow('from 0 to 50');
    refused({ path: 'x', bussyTimeoutMs: 1 }).toThrow('do you mean `busyTimeoutMs`?');
    expect(() => nodeSqliteDialect({ path: 'x', busyTimeoutMs: 50 })).not.toThrow();
  });
});

test('SQLite treats each connection to one file like a separate process', async () => {
  const { path, first, dispose } = await sqliteDatabase();
  const other = openSqlite(path);
  await sql`create table notes (id integer)`.execute(first);
  await sql`insert into notes values (7)`.execute(other);
  expect((await sql`select id from notes`.execute(first)).rows).toEqual([{ id: 7 }]);
  await other.destroy();
  await dispose();
});

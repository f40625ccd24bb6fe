import { newUpload } from '@videostorage/service/testing';
import { CamelCasePlugin, Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { openSqlite, sqliteDatabase } from '../test-support/sqlite-database.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

test('the tables are made once, and stay as they are when it runs again', async () => {
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
  expect(await migrateVideoTables(database)).toEqual(['001-videos-usage-events']);
  const { id } = await new SqlVideoRecords({ database }).insert(newUpload(), []);
  expect(await migrateVideoTables(database)).toEqual([]);
  expect(await new SqlVideoRecords({ database }).get(id)).toMatchObject({ id });
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(database);
  const names = rows.map(({ name }) => name).filter((name) => !name.startsWith('sqlite_'));
  expect(names.filter((name) => !name.startsWith('videostorage_'))).toEqual([]);
  await database.destroy();
});

test('many processes may start at once: one of them makes the tables', async () => {
  const { path, dispose } = await sqliteDatabase();
  const fresh = Array.from({ length: 6 }, () => openSqlite(`${path}-fresh`));
  const ran = await Promise.all(fresh.map((database) => migrateVideoTables(database)));
  expect(ran.flat()).toEqual(['001-videos-usage-events']);
  await Promise.all(fresh.map((database) => database.destroy()));
  await dispose();
});

test('plugins of the host neither rename columns nor parse values', async () => {
  const database = new Kysely<unknown>({
    dialect: nodeSqliteDialect({ path: ':memory:' }),
    plugins: [new CamelCasePlugin()],
  });
  await migrateVideoTables(database);
  const records = new SqlVideoRecords({ database });
  const record = await records.insert(newUpload({ custom: { note: '{"a":1}' } }), []);
  expect(await records.get(record.id)).toEqual(record);
  await database.destroy();
});

test('a database that cannot be opened is unavailable', async () => {
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: '/nowhere/videos.sqlite' }) });
  await expect(migrateVideoTables(database)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

import { newUpload } from '@videostorage/service/testing';
import { CamelCasePlugin, Kysely, type KyselyPlugin, sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { type ConnectionFaults, faultyDialect } from '../test-support/faulty-dialect.ts';
import { openSqlite, sqliteDatabase } from '../test-support/sqlite-database.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

test('the tables are created once, and stay unchanged when it runs again', async () => {
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

test('a migration that fails at any statement creates no table, and the next one creates all', async () => {
  for (let statement = 0; statement < 40; statement += 1) {
    const faults: ConnectionFaults = { statements: [], commits: [] };
    const database = new Kysely<unknown>({ dialect: faultyDialect(nodeSqliteDialect({ path: ':memory:' }), faults) });
    faults.statements.push(...Array.from({ length: statement }, () => undefined), new Error('the disk is full'));
    const failed = await migrateVideoTables(database).catch(() => 'failed');
    const isBeyond = faults.statements.length > 0;
    expect(failed).toEqual(isBeyond ? ['001-videos-usage-events'] : 'failed');
    faults.statements.length = 0;
    const { rows } = await sql<{ name: string }>`select name from sqlite_master`.execute(database);
    const own = rows.filter(({ name }) => /^videostorage_(videos|usage|unknown|events)/.test(name));
    expect(own.length === 0).toBe(!isBeyond);
    expect(await migrateVideoTables(database)).toEqual(isBeyond ? [] : ['001-videos-usage-events']);
    await database.destroy();
    if (isBeyond) return expect(statement).toBeGreaterThan(20);
  }
  expect.unreachable('The migration has more statements than were tried.');
});

test('it is tried again 19 times while others lock the tables, and not after the 20th attempt', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const faults: ConnectionFaults = { statements: [], commits: [] };
  const database = new Kysely<unknown>({ dialect: faultyDialect(nodeSqliteDialect({ path: ':memory:' }), faults) });
  const busy = (times: number) =>
    Array.from({ length: times }, () => Object.assign(new Error('database is locked'), { errcode: 5 }));
  faults.statements.push(...busy(20));
  await expect(migrateVideoTables(database)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(faults.statements).toEqual([]);
  faults.statements.push(...busy(19));
  expect(await migrateVideoTables(database)).toEqual(['001-videos-usage-events']);
  vi.restoreAllMocks();
  await database.destroy();
});

test('when many processes start at once, one of them creates the tables', async () => {
  const { path, dispose } = await sqliteDatabase();
  const fresh = Array.from({ length: 6 }, () => openSqlite(`${path}-fresh`));
  const ran = await Promise.all(fresh.map((database) => migrateVideoTables(database)));
  expect(ran.flat()).toEqual(['001-videos-usage-events']);
  await Promise.all(fresh.map((database) => database.destroy()));
  await dispose();
});

test('plugins of the host app neither rename columns nor parse values', async () => {
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

test('plugins of the host app, which may redirect statements to other tables, do not see those of this package', async () => {
  const seen: string[] = [];
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      seen.push(node.kind);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }), plugins: [plugin] });
  await migrateVideoTables(database);
  const records = new SqlVideoRecords({ database });
  const { id } = await records.insert(newUpload(), []);
  expect(await records.update(id, 1, { status: 'ready' })).toMatchObject({ version: 2 });
  expect((await records.list({ limit: 1 })).records).toMatchObject([{ id }]);
  expect(seen).toEqual([]);
  await database.destroy();
});

test('tables of a newer version are an error with its fix, and not an outage', async () => {
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
  await migrateVideoTables(database);
  await sql`insert into videostorage_migrations (name, timestamp) values ('002-later', '2030-01-01')`.execute(database);
  await expect(migrateVideoTables(database)).rejects.toMatchObject({
    ...{ code: 'MISCONFIGURED', message: expect.stringContaining('002-later has run: install that version') },
  });
  await database.destroy();
});

test('a `schema` that is a getter of a class is read: SQLite has no schemas, and gets no tables', async () => {
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }) });
  class Settings {
    get schema(): string {
      return 'video';
    }
  }
  await expect(migrateVideoTables(database, new Settings())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const { rows } = await sql`select name from sqlite_master`.execute(database);
  expect(rows).toEqual([]);
  const misspelt = Reflect.apply(migrateVideoTables, undefined, [database, { shema: 'video' }]);
  await expect(misspelt).rejects.toThrow('do you mean `schema`?');
  await database.destroy();
});

test('a database that cannot be opened is unavailable', async () => {
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: '/nowhere/videos.sqlite' }) });
  await expect(migrateVideoTables(database)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

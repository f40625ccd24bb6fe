import { newUpload } from '@videostorage/service/testing';
import { type CompiledQuery, Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

/** SQLite at a time that the test sets, in seconds. */
function sqliteAt(time: { seconds: number }): Kysely<unknown> {
  const dialect = nodeSqliteDialect({ path: ':memory:' });
  const createDriver = () => {
    const driver = dialect.createDriver();
    const acquire = driver.acquireConnection.bind(driver);
    driver.acquireConnection = async () => {
      const connection = await acquire();
      const execute = connection.executeQuery.bind(connection);
      connection.executeQuery = (query: CompiledQuery) =>
        execute({ ...query, sql: query.sql.replaceAll("unixepoch('subsec')", time.seconds.toFixed(3)) });
      return connection;
    };
    return driver;
  };
  return new Kysely<unknown>({
    dialect: {
      createDriver,
      createAdapter: () => dialect.createAdapter(),
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createIntrospector: (database) => dialect.createIntrospector(database),
    },
  });
}

test('a record is due, and leased, from the millisecond of its `dueAt` on, and not before', async () => {
  const time = { seconds: 1_800_000_000 };
  const database = sqliteAt(time);
  await migrateVideoTables(database);
  const records = new SqlVideoRecords({ database });
  const { id, dueAt } = await records.insert(newUpload({ dueInSeconds: 60 }), []);
  expect(Date.parse(dueAt ?? '')).toBe(1_800_000_060_000);
  time.seconds += 59.999;
  expect([await records.due(1), await records.lease(1, 60)]).toEqual([[], []]);
  time.seconds = 1_800_000_060;
  expect((await records.due(1)).map((record) => record.id)).toEqual([id]);
  expect(await records.lease(1, 60)).toMatchObject([{ id, dueAt: '2027-01-15T08:02:00.000Z' }]);
  await database.destroy();
});

import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { fillVideos } from '../proof/fill-videos.ts';
import { describeWordSearch } from '../test-support/describe-word-search.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

describeWordSearch('sqlite', sqliteDatabase);

test('when words are common, a page examines only the first 200 records', async () => {
  const offsets: unknown[] = [];
  const database = new Kysely<unknown>({
    dialect: nodeSqliteDialect({ path: ':memory:' }),
    log: ({ query }) => {
      if (query.sql.includes('offset')) offsets.push(query.parameters.at(-1));
    },
  });
  await migrateVideoTables(database);
  await fillVideos(database, 'sqlite', 1000);
  const records = new SqlVideoRecords({ database });
  expect((await records.list({ limit: 100, text: 'talk' })).records).toHaveLength(100);
  expect(offsets).toEqual([199]);
  expect((await records.list({ limit: 100, text: 'harbour' })).records).toEqual([]);
  expect(offsets).toEqual([199, 199, 9799]);
  await database.destroy();
});

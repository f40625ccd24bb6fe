import { Kysely, type LogEvent, sql } from 'kysely';
import { expect, test } from 'vitest';
import { fillVideos } from '../proof/fill-videos.ts';
import { describeWordSearch } from '../test-support/describe-word-search.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

describeWordSearch('sqlite', sqliteDatabase);

/** SQLite in memory with this many records; the files of those with these numbers are named after a harbour. */
async function filledDatabase(count: number, named: readonly number[], log?: (event: LogEvent) => void) {
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }), ...(log && { log }) });
  await migrateVideoTables(database);
  await fillVideos(database, 'sqlite', count);
  for (const number of named) {
    const id = number.toString(16).padStart(32, '0');
    await sql`update videostorage_videos set file_name_folded = 'a harbour.mp4' where id = ${id}`.execute(database);
  }
  return database;
}

test('when words are common, a page examines only the first 200 records', async () => {
  const offsets: unknown[] = [];
  const database = await filledDatabase(1000, [], ({ query }) => {
    if (query.sql.includes('offset')) offsets.push(query.parameters.at(-1));
  });
  const records = new SqlVideoRecords({ database });
  expect((await records.list({ limit: 100, text: 'talk' })).records).toHaveLength(100);
  expect(offsets).toEqual([199]);
  expect((await records.list({ limit: 100, text: 'harbour' })).records).toEqual([]);
  expect(offsets).toEqual([199, 199, 9799]);
  await database.destroy();
});

test('of the records after the first 200, a page reads as many as it still lacks', async () => {
  const limits: unknown[] = [];
  const database = await filledDatabase(1000, [998, 999, 501, 502, 503, 504], ({ query }) => {
    if (query.sql.includes('as "place"')) limits.push(query.parameters.at(-1));
  });
  const records = new SqlVideoRecords({ database });
  const page = await records.list({ limit: 5, text: 'harbour', statuses: ['ready'] });
  expect(page.records.map(({ id }) => Number.parseInt(id, 16))).toEqual([999, 998, 504, 503, 502]);
  // One more than the page holds says whether another page follows.
  expect(limits).toEqual([6, 4]);
  await database.destroy();
});

test('a page that the first 200 records fill has no cursor when no later record has the words', async () => {
  const database = await filledDatabase(300, [298, 299]);
  const records = new SqlVideoRecords({ database });
  const page = await records.list({ limit: 2, text: 'harbour' });
  expect(page.records.map(({ id }) => Number.parseInt(id, 16))).toEqual([299, 298]);
  expect('cursor' in page).toBe(false);
  await database.destroy();
});

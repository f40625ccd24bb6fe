import { newUpload } from '@videostorage/service/testing';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { mysqlDatabase } from '../test-support/server-databases.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

const url = process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '';

test.skipIf(url === '')('on MariaDB a migration that a crash interrupted is finished by the next one', async () => {
  const { first: database, dispose } = await mysqlDatabase(url);
  await sql`delete from videostorage_migrations`.execute(database);
  await sql`drop table videostorage_events`.execute(database);
  await sql`drop index videostorage_videos_due on videostorage_videos`.execute(database);
  expect(await migrateVideoTables(database)).toEqual(['001-videos-usage-events']);
  const { rows } = await sql<{ name: string }>`
    select distinct index_name as name from information_schema.statistics where table_schema = database()`.execute(
    database,
  );
  const names = rows.map(({ name }) => name);
  expect(names).toContain('videostorage_videos_due');
  expect(names).toContain('videostorage_events_chain');
  await new SqlVideoRecords({ database }).insert(newUpload(), []);
  await dispose();
});

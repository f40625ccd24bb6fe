import { newUpload } from '@videostorage/service/testing';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { postgresDatabase } from '../test-support/server-databases.ts';
import { testSecret } from '../test-support/sql-subjects.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { SqlEventLog } from './sql-event-log.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

const url = process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? '';

test.skipIf(url === '')('with a schema everything is in it, also the migrations’ own tables', async () => {
  const { first: database, dispose } = await postgresDatabase(url);
  const schema = 'videos';
  expect(await migrateVideoTables(database, { schema })).toEqual(['001-videos-usage-events']);
  expect(await migrateVideoTables(database, { schema })).toEqual([]);
  const records = new SqlVideoRecords({ database, schema });
  const { id } = await records.insert(newUpload(), [{ scope: 'user', maxPending: 1 }]);
  expect(await records.update(id, 1, { status: 'ready', videoId: 'v-1' })).toMatchObject({ version: 2 });
  expect(await records.usage('user', 'ann')).toMatchObject({ videos: 1 });
  expect(await records.unknownVideos('local', ['v-1', 'v-2'])).toMatchObject([{ videoId: 'v-2' }]);
  expect((await records.list({ limit: 1 })).records).toHaveLength(1);
  expect((await records.countByDay({})).length).toBe(1);
  expect((await records.usageByUser({ limit: 1 })).users).toHaveLength(1);
  const log = new SqlEventLog({ database, schema, secrets: [testSecret] });
  const change = { recordId: id, occurrence: 1, event: 'video.ready', outcome: 'ok' } as const;
  await log.append({ ...change, userId: 'ann', role: null, contextId: null, errorCode: null, elapsedMs: null });
  expect(await log.verify(id)).toBeUndefined();
  // The tables of the default schema, which the test's database has as well, stay empty.
  const { rows } = await sql<{ count: string }>`select count(*) as count from public.videostorage_videos`.execute(
    database,
  );
  expect(Number(rows[0]?.count)).toBe(0);
  await dispose();
});

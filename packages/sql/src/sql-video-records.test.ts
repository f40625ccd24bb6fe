import { newUpload } from '@videostorage/service/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestDatabase } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';
import { videoDatabase } from './sql-store-options.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

let database: TestDatabase;
let records: SqlVideoRecords;
beforeEach(async () => {
  database = await sqliteDatabase();
  records = new SqlVideoRecords({ database: database.first });
});
afterEach(() => database.dispose());

test('a conflict says which key another record has', async () => {
  const first = await records.insert(newUpload(), []);
  const taken = newUpload({ id: first.id, userId: 'bob', fileName: 'b.mp4' });
  await expect(records.insert(taken, [])).rejects.toMatchObject({
    ...{ code: 'CONFLICT', message: expect.stringContaining('A record with this id already exists.') },
  });
  await records.update(first.id, 1, { videoId: 'v-1' });
  const second = await records.insert(newUpload(), []);
  await expect(records.update(second.id, 1, { videoId: 'v-1' })).rejects.toMatchObject({
    ...{ code: 'CONFLICT', message: expect.stringContaining('Another record has this video, or this key.') },
  });
});

test('a repeated upload is answered while another process writes: it waits for no lock', async () => {
  const upload = newUpload({ idempotencyKey: 'key-1' });
  const inserted = await records.insert(upload, []);
  const impatient = new SqlVideoRecords({ database: database.first, clock: { sleep: async () => undefined } });
  const writing = videoDatabase(database.second, undefined).transaction();
  await writing.execute(async () => {
    await expect(impatient.insert(newUpload(), [])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await impatient.insert({ ...upload, id: newUpload().id }, [])).toEqual(inserted);
  });
});

test('a change that the database refuses for another reason is no conflict', async () => {
  const { id } = await records.insert(newUpload(), []);
  await sql`drop table videostorage_usage`.execute(database.first);
  await expect(records.update(id, 1, { status: 'ready' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await records.get(id)).toMatchObject({ version: 1, status: 'pending' });
});

test.each(['newest', 'oldest'] as const)(
  'records of one time and several statuses are in the order of their ids, page by page: %s',
  async (order) => {
    const ids = Array.from({ length: 7 }, (_, index) => `${index}`.padStart(32, '0'));
    for (const [index, id] of ids.entries()) {
      await records.insert(newUpload({ id }), []);
      if (index % 2 === 0) await records.update(id, 1, { status: 'ready' });
    }
    await sql`update videostorage_videos set created_at = 1700000000000`.execute(database.first);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await records.list({ order, limit: 2, cursor });
      found.push(...page.records.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== undefined && found.length < 20);
    expect(found).toEqual(order === 'oldest' ? ids : ids.reverse());
  },
);

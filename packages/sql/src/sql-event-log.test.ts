import { encodeTimeCursor } from '@videostorage/service';
import { expect, test } from 'vitest';
import { logSubject } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';

test.each(['', 'y', '1', '1 or 1=1', '9'.repeat(17)])('a cursor with the id %j is not from this log', async (id) => {
  const { log, dispose } = logSubject(await sqliteDatabase());
  const cursor = encodeTimeCursor('entries', { atMs: 1, id });
  await expect(log.list({ limit: 1, cursor })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  const own = encodeTimeCursor('entries', { atMs: 1, id: '9'.repeat(15).padStart(16, '0') });
  expect(await log.list({ limit: 1, cursor: own })).toEqual({ entries: [] });
  await dispose();
});

import { encodeTimeCursor, type NewLogEntry } from '@videostorage/service';
import { sql } from 'kysely';
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

test.each(['from', 'before'])('the filter `%s` names itself when it is not a time', async (name) => {
  const { log, dispose } = logSubject(await sqliteDatabase());
  const message = expect.stringContaining(`The filter ${name} must be a time`);
  const refusal = { code: 'VALIDATION_FAILED', message };
  await expect(log.list({ limit: 1, [name]: 'yesterday' })).rejects.toMatchObject(refusal);
  await expect(log.countByDay({ [name]: 'yesterday' })).rejects.toMatchObject(refusal);
  await dispose();
});

test.each([[undefined], [['playback.issued', 'playback.denied']] as const])(
  'entries of one time are in the order in which they were written, and none is lost or repeated between pages: %j',
  async (events) => {
    const database = await sqliteDatabase();
    const { log, dispose } = logSubject(database);
    const access: Omit<NewLogEntry, 'event'> = {
      ...{ recordId: 'record-1', occurrence: null, outcome: 'ok', userId: 'ann', role: null, contextId: null },
      ...{ errorCode: null, elapsedMs: null },
    };
    for (let elapsedMs = 0; elapsedMs < 7; elapsedMs += 1) {
      await log.append({ ...access, event: elapsedMs % 2 === 0 ? 'playback.issued' : 'playback.denied', elapsedMs });
    }
    await sql`update videostorage_events set at = 1700000000000`.execute(database.first);
    const found: (number | null)[] = [];
    let cursor: string | undefined;
    do {
      const page = await log.list({ events, limit: 2, cursor });
      found.push(...page.entries.map(({ elapsedMs }) => elapsedMs));
      cursor = page.cursor;
    } while (cursor !== undefined && found.length < 20);
    expect(found).toEqual([6, 5, 4, 3, 2, 1, 0]);
    await dispose();
  },
);

import { newUpload } from '@videostorage/service/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordsSubject, testSecret } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';
import { SqlEventLog } from './sql-event-log.ts';

/** The clock of this process is wrong by decades; the database uses the computer's clock. */
const WRONG = '2001-01-01T00:00:00.000Z';
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(WRONG) });
});
afterEach(() => {
  vi.useRealTimers();
});

test('T-E2: every stored time is the database’s, whatever the clock of the process says', async () => {
  const database = await sqliteDatabase();
  const { records } = recordsSubject(database);
  const { id } = await records.insert(newUpload({ dueInSeconds: 0 }), []);
  const [leased] = await records.lease(10, 60);
  const deleted = await records.update(id, 1, { status: 'deleted', dueInSeconds: 60 });
  await records.schedule(id, 2, { dueInSeconds: 60, notified: true });
  const scheduled = await records.get(id);
  const log = new SqlEventLog({ database: database.first, secrets: [testSecret] });
  const line = {
    ...({ recordId: id, event: 'video.deleted', outcome: 'ok', userId: null, role: null } as const),
    ...{ contextId: null, errorCode: null, elapsedMs: null },
  };
  const stored = {
    createdAt: scheduled?.createdAt,
    expiresAt: scheduled?.expiresAt,
    leased: leased?.dueAt,
    updated: deleted?.dueAt,
    deletedAt: scheduled?.deletedAt,
    notifiedAt: scheduled?.notifiedAt,
    dueAt: scheduled?.dueAt,
    change: (await log.append({ ...line, occurrence: 1 })).at,
    access: (await log.append({ ...line, occurrence: null })).at,
  };
  for (const [name, time] of Object.entries(stored)) {
    expect(Date.parse(time ?? ''), name).toBeGreaterThan(Date.parse('2020-01-01'));
  }
  await database.dispose();
});

import { newUpload } from '@videostorage/service/testing';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { mysqlDatabase, postgresDatabase, sharedDatabase } from '../test-support/server-databases.ts';
import type { TestDatabase } from '../test-support/sql-subjects.ts';
import { driverErrorKind } from './driver-error.ts';
import { videoDatabase } from './sql-store-options.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

const servers = [
  {
    name: 'PostgreSQL',
    url: process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? '',
    open: postgresDatabase,
    waiting: sql<{ id: number }>`
      select pid as id from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    own: sql<{ id: number }>`
      select pid as id from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    kill: (id: number) => sql`select pg_terminate_backend(${id})`,
  },
  {
    name: 'MariaDB',
    url: process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '',
    open: mysqlDatabase,
    waiting: sql<{ id: number }>`
      select id from information_schema.processlist
      where db = database() and info like ${'insert into `videostorage_usage`%'}`,
    own: sql<{ id: number }>`
      select id from information_schema.processlist where db = database() and id <> connection_id()`,
    kill: (id: number) => sql.raw(`kill ${Number(id)}`),
  },
] as const;

describe.each(servers)('on $name', ({ url, open, waiting, own, kill }) => {
  const shared = sharedDatabase(() => open(url));
  let database: TestDatabase;
  let waits: number;
  let records: SqlVideoRecords;

  beforeEach(async () => {
    if (url === '') return;
    database = await shared.create();
    waits = 0;
    records = new SqlVideoRecords({
      database: database.first,
      clock: {
        sleep: async (delayMs) => {
          waits += 1;
          await new Promise((resolve) => {
            setTimeout(resolve, delayMs);
          });
        },
      },
    });
  });
  afterAll(() => shared.dispose());

  /** Finds the connection that waits for a lock. */
  async function waitingConnection(): Promise<number> {
    for (let look = 0; look < 200; look += 1) {
      const [row] = (await waiting.execute(database.second)).rows;
      if (row !== undefined) return Number(row.id);
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    throw new Error('no connection waits for a lock');
  }

  test.skipIf(url === '')(
    'a connection that is killed in the middle of a transaction writes nothing, and the insert still succeeds',
    async () => {
      await records.insert(newUpload(), []);
      const upload = newUpload();
      let inserting: Promise<unknown> | undefined;
      await videoDatabase(database.second, undefined)
        .transaction()
        .execute(async (holder) => {
          await holder.selectFrom('videostorage_usage').selectAll().where('scope', '=', 'global').forUpdate().execute();
          inserting = records.insert(upload, [{ scope: 'user', maxPending: 2 }]);
          await kill(await waitingConnection()).execute(database.second);
          while (waits === 0) {
            await new Promise((resolve) => {
              setTimeout(resolve, 10);
            });
          }
        });
      expect(await inserting).toMatchObject({ id: upload.id, version: 1 });
      expect(waits).toBeGreaterThanOrEqual(1);
      expect(await records.usage('user', 'ann')).toEqual({ pending: 2, videos: 0, bytes: 2000, seconds: 0 });
      expect(await records.usage('global', '')).toEqual({ pending: 2, videos: 0, bytes: 2000, seconds: 0 });
    },
  );

  test.skipIf(url === '')('a transaction that was abandoned while it waited for a lock is rolled back', async () => {
    await records.insert(newUpload(), []);
    const impatient = new SqlVideoRecords({ database: database.first, timeoutMs: 300 });
    const upload = newUpload();
    await videoDatabase(database.second, undefined)
      .transaction()
      .execute(async (holder) => {
        await holder.selectFrom('videostorage_usage').selectAll().where('scope', '=', 'global').forUpdate().execute();
        await expect(impatient.insert(upload, [])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      });
    // Takes the same lock after the waiting transactions.
    await records.insert(newUpload(), []);
    expect(await records.get(upload.id)).toBeUndefined();
    expect(await records.usage('global', '')).toMatchObject({ pending: 2, bytes: 2000 });
  });

  test.skipIf(url === '')('a transaction that a deadlock ends is repeated, once', async () => {
    await records.insert(newUpload(), []);
    const uploads: string[] = [];
    const holding = videoDatabase(database.second, undefined);
    // The server decides which of the two transactions a deadlock ends: repeat until it is that of the package.
    while (waits === 0 && uploads.length < 20) {
      const upload = newUpload();
      uploads.push(upload.id);
      let inserting: Promise<unknown> | undefined;
      await holding
        .transaction()
        .execute(async (holder) => {
          // MariaDB ends the transaction that has written less.
          const rows = Array.from({ length: 200 }, (_, index) => ({
            backend_name: upload.id,
            video_id: `v-${index}`,
            first_reported_at: 0,
          }));
          await holder.insertInto('videostorage_unknown_videos').values(rows).execute();
          await holder.selectFrom('videostorage_usage').selectAll().where('scope', '=', 'global').forUpdate().execute();
          inserting = records.insert(upload, []);
          await waitingConnection();
          const unchanged = holder.updateTable('videostorage_usage').set((row) => ({ pending: row.ref('pending') }));
          await unchanged.where('scope', '=', 'user').execute();
        })
        .catch((error: unknown) => expect(driverErrorKind(error)).toBe('contention'));
      expect(await inserting).toMatchObject({ id: upload.id });
    }
    expect(waits).toBeGreaterThanOrEqual(1);
    const count = 1 + uploads.length;
    expect(await records.usage('user', 'ann')).toMatchObject({ pending: count, bytes: count * 1000 });
    expect(await records.usage('global', '')).toMatchObject({ pending: count, bytes: count * 1000 });
  });

  test.skipIf(url === '')(
    'whatever is killed meanwhile, sums match the records, and every confirmed insert exists',
    async () => {
      const uploads = Array.from({ length: 120 }, (_, index) => newUpload({ userId: `user-${index % 5}` }));
      const working = Promise.allSettled(
        uploads.map(async (upload) => {
          await records.insert(upload, []);
          const changed = await records.update(upload.id, 1, { status: 'ready', sizeBytes: 500 });
          expect(changed).toMatchObject({ version: 2 });
        }),
      );
      for (let round = 0; round < 4; round += 1) await killAll(database.second);
      const outcomes = await working;
      const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(failures.filter((reason: unknown) => Reflect.get(Object(reason), 'code') !== 'STORE_UNAVAILABLE')).toEqual(
        [],
      );
      const { records: stored } = await records.list({ limit: 1000 });
      const ready = stored.filter(({ status }) => status === 'ready').length;
      expect(ready).toBeGreaterThanOrEqual(outcomes.length - failures.length);
      const pending = stored.length - ready;
      const bytes = ready * 500 + pending * 1000;
      expect(await records.usage('global', '')).toEqual({ pending, videos: ready, bytes, seconds: 0 });
    },
  );

  async function killAll(admin: Kysely<unknown>): Promise<void> {
    const { rows } = await own.execute(admin);
    for (const { id } of rows) {
      // Some connections have already ended, and some are those of the administrator's own pool.
      await kill(Number(id))
        .execute(admin)
        .catch(() => undefined);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 30);
    });
  }
});

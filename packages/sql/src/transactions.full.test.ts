import { type Kysely, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { mysqlDatabase, postgresDatabase } from '../test-support/server-databases.ts';
import { sqlRunner } from './sql-store-options.ts';

/**
 * Servers on which a transaction by default does not see later commits: MariaDB, and PostgreSQL with such a default set in its
 * URL.
 */
const servers = [
  {
    name: 'PostgreSQL',
    url: withStrictIsolation(process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? ''),
    open: postgresDatabase,
    refusedWith: ['40001'],
    uniqueIndexes: sql<{ name: string }>`select indexname as name from pg_indexes
      where indexdef like 'CREATE UNIQUE INDEX videostorage%' and indexname not like '%pkey'`,
  },
  {
    name: 'MariaDB',
    url: process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '',
    open: mysqlDatabase,
    refusedWith: [],
    uniqueIndexes: sql<{ name: string }>`select distinct index_name as name from information_schema.statistics
      where table_schema = database() and non_unique = 0 and index_name <> 'PRIMARY'`,
  },
] as const;

function withStrictIsolation(url: string): string {
  return url === '' ? '' : `${url}?options=${encodeURIComponent('-c default_transaction_isolation=serializable')}`;
}

describe.each(servers)('on $name', ({ url, open, refusedWith, uniqueIndexes }) => {
  test.skipIf(url === '')(
    'a transaction sees what others commit meanwhile, whatever the server’s default isolation',
    async () => {
      const { first, second, dispose } = await open(url);
      const seen = await sqlRunner({ database: first }).transaction(async (transaction) => {
        const before = await usageRows(transaction);
        await sql`insert into videostorage_usage values ('user', 'ann', 1, 0, 0, 0)`.execute(second);
        return [before, await usageRows(transaction)];
      });
      expect(seen).toEqual([0, 1]);
      await dispose();
    },
  );

  // PostgreSQL refuses the second writer in such a session (SQLSTATE 40001), MariaDB lets it wait.
  test.skipIf(url === '')(
    'statements that collide, also in serialisable sessions, have all their effect, once',
    async () => {
      const { first, dispose } = await open(url);
      await sql`insert into videostorage_usage values ('user', 'ann', 0, 0, 0, 0)`.execute(first);
      const codes: unknown[] = [];
      const runner = sqlRunner({ database: first });
      await Promise.all(
        Array.from({ length: 100 }, () =>
          runner.run(async (database) => {
            const counting = sql`update videostorage_usage set pending = pending + 1 where scope = 'user'`.execute(
              database,
            );
            await counting.catch((error: unknown) => {
              codes.push(Reflect.get(Object(error), 'code'));
              throw error;
            });
          }),
        ),
      );
      const { rows } = await sql<{ pending: number }>`select pending from videostorage_usage`.execute(first);
      expect(rows.map(({ pending }) => Number(pending))).toEqual([100]);
      expect(new Set(codes)).toEqual(new Set(refusedWith));
      await dispose();
    },
  );

  test.skipIf(url === '')('a video, an idempotency key and a sequence number of a chain are unique', async () => {
    const { first, dispose } = await open(url);
    const { rows } = await uniqueIndexes.execute(first);
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'videostorage_videos_video',
        'videostorage_videos_idempotency',
        'videostorage_events_chain',
        'videostorage_events_change',
      ]),
    );
    expect(rows.map(({ name }) => name)).not.toContain('videostorage_videos_created');
    await dispose();
  });
});

async function usageRows(database: Pick<Kysely<never>, 'getExecutor'>): Promise<number> {
  const { rows } = await sql<{ scope: string }>`select scope from videostorage_usage`.execute(database);
  return rows.length;
}

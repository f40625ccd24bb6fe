import { type Kysely, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { fillVideos } from '../proof/fill-videos.ts';
import { mysqlDatabase, postgresDatabase } from '../test-support/server-databases.ts';
import { databaseTime, databaseTimeBound } from './database-time.ts';
import type { SqlFamily } from './sql-family.ts';
import { storedInteger } from './stored-value.ts';

const servers = [
  {
    name: 'PostgreSQL',
    url: process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? '',
    family: 'postgres',
    open: postgresDatabase,
    setTimeZone: "set time zone 'Asia/Tokyo'",
    preferIndexes: 'set enable_seqscan = off',
    isBounded: /Index Cond: \(due_at <=/,
  },
  {
    name: 'MariaDB',
    url: process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '',
    family: 'mysql',
    open: mysqlDatabase,
    setTimeZone: "set time_zone = '+09:00'",
    preferIndexes: 'select 1',
    isBounded: /"type":"range".*"key":"videostorage_videos_due"/,
  },
] as const;

describe.each(servers)('the time of $name', ({ url, family, open, setTimeZone, preferIndexes, isBounded }) => {
  test.skipIf(url === '')(
    'is whole milliseconds in UTC in any time zone, and advances within a transaction',
    async () => {
      const { first, dispose } = await open(url);
      const [before, after] = await first.transaction().execute(async (transaction) => {
        await sql.raw(setTimeZone).execute(transaction);
        const early = await timeOf(transaction, family);
        await new Promise((resolve) => {
          setTimeout(resolve, 20);
        });
        return [early, await timeOf(transaction, family)];
      });
      expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
      expect(after - before).toBeGreaterThanOrEqual(15);
      await dispose();
    },
  );

  test.skipIf(url === '')(
    'as a bound of a condition it limits the rows read from an index, however many records are never due',
    async () => {
      const { first, dispose } = await open(url);
      await fillVideos(first, family, 2000);
      const plan = await first.transaction().execute(async (transaction) => {
        await sql.raw(preferIndexes).execute(transaction);
        const isDue = sql`due_at <= ${databaseTimeBound(family)}`;
        return await sql`explain select * from videostorage_videos where ${isDue} order by due_at, id limit 100`.execute(
          transaction,
        );
      });
      expect(JSON.stringify(plan.rows)).toMatch(isBounded);
      await dispose();
    },
  );
});

async function timeOf(database: Kysely<unknown>, family: SqlFamily): Promise<number> {
  const { now } = await database.selectNoFrom(databaseTime(family).as('now')).executeTakeFirstOrThrow();
  return storedInteger.parse(now);
}

import { newUpload } from '@videostorage/service/testing';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { mysqlDatabase, postgresDatabase } from '../test-support/server-databases.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

const servers = [
  { name: 'PostgreSQL', url: process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? '', open: postgresDatabase },
  { name: 'MariaDB', url: process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '', open: mysqlDatabase },
];
const TABLES = ['videos', 'usage', 'unknown_videos', 'events', 'migrations', 'migrations_lock'];

describe.each(servers)('on $name', ({ url, open }) => {
  test.skipIf(url === '')(
    'when many processes start at once, one of them creates the tables, and none fails',
    async () => {
      const { first, second, dispose } = await open(url);
      for (let round = 0; round < 2; round += 1) {
        for (const name of TABLES) await sql`drop table if exists ${sql.table(`videostorage_${name}`)}`.execute(first);
        const starts = Array.from({ length: 8 }, (_, index) => migrateVideoTables(index % 2 === 0 ? first : second));
        const ran = (await Promise.all(starts)).filter((names) => names.length > 0);
        expect(ran).toEqual([['001-videos-usage-events']]);
        expect(await new SqlVideoRecords({ database: second }).insert(newUpload(), [])).toMatchObject({ version: 1 });
      }
      await dispose();
    },
  );
});

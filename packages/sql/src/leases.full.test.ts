import { newUpload } from '@videostorage/service/testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { mysqlDatabase, postgresDatabase, sharedDatabase } from '../test-support/server-databases.ts';
import type { TestDatabase } from '../test-support/sql-subjects.ts';
import { videoDatabase } from './sql-store-options.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

const servers = [
  { name: 'PostgreSQL', url: process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? '', open: postgresDatabase },
  { name: 'MariaDB', url: process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '', open: mysqlDatabase },
];

describe.each(servers)('on $name', ({ url, open }) => {
  const shared = sharedDatabase(() => open(url));
  let database: TestDatabase;
  beforeEach(async () => {
    if (url !== '') database = await shared.create();
  });
  afterAll(() => shared.dispose());

  test.skipIf(url === '')(
    'a lease does not wait for a record that another process has locked: it takes the others, and leaves that one due',
    async () => {
      const records = new SqlVideoRecords({ database: database.first });
      const uploads = [0, 0, 0].map((dueInSeconds) => newUpload({ dueInSeconds }));
      for (const upload of uploads) await records.insert(upload, []);
      const [held = '', ...others] = uploads.map(({ id }) => id);
      const leased = await videoDatabase(database.second, undefined)
        .transaction()
        .execute(async (other) => {
          await other.selectFrom('videostorage_videos').select('id').where('id', '=', held).forUpdate().execute();
          // If the lease waited for the record, it would wait for this transaction, which waits for the lease: the test
          // would not end.
          return await records.lease(10, 60);
        });
      expect(leased.map(({ id }) => id).sort()).toEqual(others.sort());
      expect((await records.lease(10, 60)).map(({ id }) => id)).toEqual([held]);
    },
  );

  test.skipIf(url === '')('a dry run waits for no other process, and names what that one has locked too', async () => {
    const records = new SqlVideoRecords({ database: database.first });
    const uploads = [0, 0].map((dueInSeconds) => newUpload({ dueInSeconds }));
    for (const upload of uploads) await records.insert(upload, []);
    const due = await videoDatabase(database.second, undefined)
      .transaction()
      .execute(async (other) => {
        await other.selectFrom('videostorage_videos').select('id').forUpdate().execute();
        return await records.due(10);
      });
    expect(due.map(({ id }) => id).sort()).toEqual(uploads.map(({ id }) => id).sort());
  });
});

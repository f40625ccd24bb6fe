import { describeEventLog, describeVideoRecords } from '@videostorage/service/testing';
import { Kysely, MysqlDialect, sql } from 'kysely';
import { createPool } from 'mysql2';
import { afterAll, describe, expect, test } from 'vitest';
import { describeServiceOnSql } from '../test-support/describe-service-on-sql.ts';
import { describeWordSearch } from '../test-support/describe-word-search.ts';
import { mysqlDatabase, sharedDatabase } from '../test-support/server-databases.ts';
import { logSubject, recordsSubject } from '../test-support/sql-subjects.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

/** Set by `npm run services`; without it the tests are skipped. */
const url = process.env['VIDEOSTORAGE_TEST_MARIADB_URL'] ?? '';
const runner = { describe: describe.skipIf(url === ''), test };
const database = sharedDatabase(() => mysqlDatabase(url));
afterAll(() => database.dispose());

describeVideoRecords({
  name: 'SqlVideoRecords on MariaDB',
  create: async () => recordsSubject(await database.create()),
  runner,
});

describeEventLog({
  name: 'SqlEventLog on MariaDB',
  create: async () => logSubject(await database.create()),
  runner,
});

test.skipIf(url === '')(
  'an SQL mode in which the driver’s backslashes do not escape is refused, and other modes are not',
  async () => {
    for (const [mode, refused] of [
      ['NO_BACKSLASH_ESCAPES', { code: 'MISCONFIGURED', message: expect.stringContaining('NO_BACKSLASH_ESCAPES') }],
      ['ANSI_QUOTES', undefined],
    ] as const) {
      const pool = createPool({ uri: url, connectionLimit: 1 });
      const own = new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) });
      await sql`set session sql_mode = ${mode}`.execute(own);
      const migrated: unknown = await migrateVideoTables(own).catch((error: unknown) => error);
      if (refused === undefined) expect(migrated).toBeInstanceOf(Array);
      else expect(migrated).toMatchObject(refused);
      await own.destroy();
    }
  },
);

test.skipIf(url === '')('calls that find the pool full are tried again', async () => {
  const pool = createPool({ uri: url, connectionLimit: 2, queueLimit: 1 });
  const own = new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) });
  await migrateVideoTables(own);
  const records = new SqlVideoRecords({ database: own });
  const found = await Promise.all(Array.from({ length: 12 }, () => records.get('none')));
  expect(found).toEqual(Array(12).fill(undefined));
  await own.destroy();
});

describe.skipIf(url === '')('VideoService on MariaDB', () => describeServiceOnSql(() => database.create()));

describe.skipIf(url === '')('words of file names on MariaDB', () => {
  describeWordSearch('mysql', () => database.create());
});

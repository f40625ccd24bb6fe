import { describeEventLog, describeVideoRecords } from '@videostorage/service/testing';
import { afterAll, describe, test } from 'vitest';
import { describeServiceOnSql } from '../test-support/describe-service-on-sql.ts';
import { mysqlDatabase, sharedDatabase } from '../test-support/server-databases.ts';
import { logSubject, recordsSubject } from '../test-support/sql-subjects.ts';

/** Set by `npm run services`; without it the tests are left out. */
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

describe.skipIf(url === '')('VideoService on MariaDB', () => describeServiceOnSql(() => database.create()));

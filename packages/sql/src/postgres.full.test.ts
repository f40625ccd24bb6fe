import { describeEventLog, describeVideoRecords } from '@videostorage/service/testing';
import { afterAll, describe, test } from 'vitest';
import { describeServiceOnSql } from '../test-support/describe-service-on-sql.ts';
import { describeWordSearch } from '../test-support/describe-word-search.ts';
import { postgresDatabase, sharedDatabase } from '../test-support/server-databases.ts';
import { logSubject, recordsSubject } from '../test-support/sql-subjects.ts';

/** Set by `npm run services`; without it the tests are skipped. */
const url = process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'] ?? '';
const runner = { describe: describe.skipIf(url === ''), test };
const database = sharedDatabase(() => postgresDatabase(url));
afterAll(() => database.dispose());

describeVideoRecords({
  name: 'SqlVideoRecords on PostgreSQL',
  create: async () => recordsSubject(await database.create()),
  runner,
});

describeEventLog({
  name: 'SqlEventLog on PostgreSQL',
  create: async () => logSubject(await database.create()),
  runner,
});

describe.skipIf(url === '')('VideoService on PostgreSQL', () => describeServiceOnSql(() => database.create()));

describe.skipIf(url === '')('words of file names on PostgreSQL', () => {
  describeWordSearch('postgres', () => database.create());
});

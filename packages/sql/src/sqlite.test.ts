import { describeEventLog, describeVideoRecords } from '@videostorage/service/testing';
import { describe, test } from 'vitest';
import { describeServiceOnSql } from '../test-support/describe-service-on-sql.ts';
import { logSubject, recordsSubject } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';

const runner = { describe, test };

describeVideoRecords({
  name: 'SqlVideoRecords on SQLite',
  create: async () => recordsSubject(await sqliteDatabase()),
  runner,
});

describeEventLog({
  name: 'SqlEventLog on SQLite',
  create: async () => logSubject(await sqliteDatabase()),
  runner,
});

describe('VideoService on SQLite', () => describeServiceOnSql(sqliteDatabase));

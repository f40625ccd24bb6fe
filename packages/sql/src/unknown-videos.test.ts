import { Kysely } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConnectionFaults, faultyDialect } from '../test-support/faulty-dialect.ts';
import { recordsSubject } from '../test-support/sql-subjects.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

let faults: ConnectionFaults;
let database: Kysely<unknown>;
let records: SqlVideoRecords;

beforeEach(async () => {
  faults = { statements: [], commits: [] };
  database = new Kysely<unknown>({ dialect: faultyDialect(nodeSqliteDialect({ path: ':memory:' }), faults) });
  await migrateVideoTables(database);
  records = new SqlVideoRecords({ database });
});
afterEach(() => database.destroy());

test('a video that was first reported later than now, since the clock was set back, is known for 0 seconds', async () => {
  const { advance } = recordsSubject({ first: database, second: database, dispose: async () => {} });
  await records.unknownVideos('local', ['v-1']);
  await advance(-3600);
  expect(await records.unknownVideos('local', ['v-1'])).toEqual([{ videoId: 'v-1', knownForSeconds: 0 }]);
});

test('a video that is listed twice is reported once', async () => {
  for (const seen of ['first', 'later']) {
    const unknown = await records.unknownVideos('local', ['v-1', 'v-2', 'v-1']);
    expect(
      unknown.map(({ videoId }) => videoId),
      seen,
    ).toEqual(['v-1', 'v-2']);
  }
});

test('a first report that cannot be stored is an error, since the age of the video would never begin', async () => {
  faults.statements.push(undefined, undefined, Object.assign(new Error('read-only database'), { code: '25006' }));
  await expect(records.unknownVideos('local', ['v-1'])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(faults.statements).toEqual([]);
});

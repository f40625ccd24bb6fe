// A page of the list at 1 000 000 records takes at most 1.5 times as long as at 1 000, with any filter, order and position,
// also behind as many newer records that have been deleted; a search for words that no file name contains, as long as at
// 10 000, the number that a page examines.

import type { SqlFamily } from '../src/sql-family.ts';
import { SqlVideoRecords } from '../src/sql-video-records.ts';
import { mysqlDatabase, postgresDatabase } from '../test-support/server-databases.ts';
import type { TestDatabase } from '../test-support/sql-subjects.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';
import { fillVideos } from './fill-videos.ts';

const MANY = 1_000_000;
const FEW = 1000;
const BOUND = 1.5;
const ROUNDS = 200;
/** Of a thousand records half belong to a user, so that a search for words asks for more than it examines first, as of a million. */
const GROUPS_OF_FEW = 2;

const middle = (count: number) => new Date(1_700_000_000_000 + (count / 2) * 1000).toISOString();

/** Queries whose pages are full at both sizes. */
const questions: readonly (readonly [title: string, query: (count: number) => object, found?: number])[] = [
  ['newest', () => ({})],
  ['oldest', () => ({ order: 'oldest' })],
  ['from the middle', (count) => ({ createdBefore: middle(count) })],
  ['of a user', () => ({ userId: 'user-1' })],
  ['of a tenant, ready or failed', () => ({ tenantId: 'tenant-1', statuses: ['ready', 'failed'] })],
  ['ready', () => ({ statuses: ['ready'] })],
  ['of a context, with words', () => ({ contextId: 'context-1', text: 'talk MY' })],
];
/** Queries that have to find their page behind records of other statuses. */
const behindDeleted: typeof questions = [
  ['newest that exist', () => ({ statuses: ['processing', 'ready', 'failed'] })],
  ['of a user, none', () => ({ userId: 'user-1', statuses: ['processing', 'expired'] }), 0],
  ['of a context, ready or failed', () => ({ contextId: 'context-1', statuses: ['ready', 'failed'] })],
  ['of a storage, ready', () => ({ backendName: 'local', statuses: ['ready'] })],
];
/** As many as a page examines for words. */
const EXAMINED = 10_000;

const postgres = process.env['VIDEOSTORAGE_TEST_POSTGRES_URL'];
const mariadb = process.env['VIDEOSTORAGE_TEST_MARIADB_URL'];
const stores: readonly (readonly [string, SqlFamily, (() => Promise<TestDatabase>) | undefined])[] = [
  ['SQLite', 'sqlite', sqliteDatabase],
  ['PostgreSQL', 'postgres', postgres === undefined ? undefined : () => postgresDatabase(postgres)],
  ['MariaDB', 'mysql', mariadb === undefined ? undefined : () => mysqlDatabase(mariadb)],
];

let holds = true;
for (const [name, family, open] of stores) {
  if (open === undefined) {
    console.log(`${name}: skipped, it is not running (npm run services)`);
    continue;
  }
  const [small, large] = [await open(), await open()];
  await fillVideos(small.first, family, FEW, { groups: GROUPS_OF_FEW });
  await fillVideos(large.first, family, MANY);
  const few = new SqlVideoRecords({ database: small.first });
  const many = new SqlVideoRecords({ database: large.first });
  const compareAll = async (asked: typeof questions) => {
    for (const [title, query, found = 50] of asked) {
      const times = { few: [] as number[], many: [] as number[] };
      let endOfFew: string | undefined;
      const places: (string | undefined)[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        // Every second query continues where a page before ended, of many records where the last one did, so that later pages are
        // measured too.
        const [afterFew, afterMany] = round % 2 === 0 ? [] : [endOfFew, places.at(-1)];
        times.few.push(await timeOf(few, query(FEW), found, afterFew, (next) => (endOfFew = afterFew ?? next)));
        times.many.push(await timeOf(many, query(MANY), found, afterMany, (next) => places.push(next)));
      }
      compare(`${name}, ${title}`, [FEW, times.few], times.many);
    }
  };
  await compareAll(questions);
  const examined = await open();
  await fillVideos(examined.first, family, EXAMINED);
  const times = { examined: [] as number[], many: [] as number[] };
  for (let round = 0; round < ROUNDS / 10; round += 1) {
    times.examined.push(await timeOfNothing(new SqlVideoRecords({ database: examined.first })));
    times.many.push(await timeOfNothing(many));
  }
  compare(`${name}, words of no name`, [EXAMINED, times.examined], times.many);
  await fillVideos(small.first, family, FEW, { first: FEW + 1, status: 'deleted', groups: GROUPS_OF_FEW });
  await fillVideos(large.first, family, MANY, { first: MANY + 1, status: 'deleted' });
  await compareAll(behindDeleted);
  await Promise.all([small.dispose(), large.dispose(), examined.dispose()]);
}
process.exitCode = holds ? 0 : 1;

function compare(title: string, [few, fewTimes]: readonly [number, readonly number[]], manyTimes: readonly number[]) {
  const [fewMs, manyMs] = [median(fewTimes), median(manyTimes)];
  const ratio = manyMs / fewMs;
  holds &&= ratio <= BOUND;
  console.log(
    `${title}: ${fewMs.toFixed(2)} ms at ${few}, ${manyMs.toFixed(2)} ms at ${MANY}: ${ratio.toFixed(2)}x` +
      (ratio <= BOUND ? '' : ` — more than ${BOUND}x`),
  );
}

async function timeOfNothing(records: SqlVideoRecords): Promise<number> {
  const begin = performance.now();
  const page = await records.list({ text: 'harbour', limit: 50 });
  const elapsed = performance.now() - begin;
  if (page.records.length !== 0 || page.cursor === undefined) throw new Error('a query without matches');
  return elapsed;
}

async function timeOf(
  records: SqlVideoRecords,
  query: object,
  found: number,
  cursor: string | undefined,
  onNext: (cursor: string | undefined) => void = () => undefined,
): Promise<number> {
  const begin = performance.now();
  const page = await records.list({ ...query, limit: 50, cursor });
  const elapsed = performance.now() - begin;
  if (page.records.length !== found) throw new Error(`a page of ${page.records.length} records`);
  onNext(page.cursor);
  return elapsed;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

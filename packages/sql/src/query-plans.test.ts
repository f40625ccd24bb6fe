import { type Dialect, DummyDriver, Kysely, MysqlDialect, PostgresDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { fillVideos } from '../proof/fill-videos.ts';
import {
  AskedStatements,
  askEverything,
  askForPages,
  secondPages,
  withValues,
} from '../test-support/asked-statements.ts';
import { testSecret } from '../test-support/sql-subjects.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlEventLog } from './sql-event-log.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

/** SQLite in memory with its tables, and with no recorded statements. */
async function listeningDatabase() {
  const asked = new AskedStatements();
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }), log: asked.log });
  await migrateVideoTables(database);
  asked.clear();
  return { asked, database };
}

/** A database of a family, whose queries find nothing. */
function emptyDatabase(dialect: Dialect) {
  const asked = new AskedStatements();
  const silent: Dialect = {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => dialect.createIntrospector(database),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
  return { asked, database: new Kysely<unknown>({ dialect: silent, log: asked.log }) };
}

/** Text and plan of every statement that a call to records or log executes. */
async function plansOfAll(): Promise<readonly (readonly [string, string])[]> {
  const { asked, database } = await listeningDatabase();
  await askEverything(database);
  const plans = await plansOf(asked, database);
  await database.destroy();
  return plans;
}

async function plansOf(asked: AskedStatements, database: Kysely<unknown>): Promise<(readonly [string, string])[]> {
  const plans: (readonly [string, string])[] = [];
  for (const statement of asked.all) {
    const explained = sql<PlanLine>`${sql.raw(`explain query plan ${withValues(statement)}`)}`;
    const { rows } = await explained.execute(database);
    const lines = rows.filter((line) => !isMerge(line, rows)).map(({ detail }) => detail);
    plans.push([statement.text, lines.join('\n')]);
  }
  return plans;
}

interface PlanLine {
  readonly parent: number;
  readonly detail: string;
}

/** A sort of no more than the beginnings of ranges, each of which has a limit of its own. */
function isMerge({ parent, detail }: PlanLine, lines: readonly PlanLine[]): boolean {
  const isOfRange = lines.some((line) => line.parent === parent && line.detail === 'SCAN part');
  return detail === 'USE TEMP B-TREE FOR ORDER BY' && isOfRange;
}

test('every statement uses an index: none reads a whole table, none sorts a page', async () => {
  const plans = await plansOfAll();
  expect(plans.length).toBeGreaterThan(60);
  const scans = plans.filter(([, plan]) => /\bSCAN videostorage_\w+\b(?! USING (COVERING )?INDEX)/.test(plan));
  expect(scans).toEqual([]);
  // A page is in the order of its index. Only sums are grouped.
  const sorted = plans.filter(([text, plan]) => /TEMP B-TREE/.test(plan) && !/group by/.test(text));
  expect(sorted).toEqual([]);
  // Nor does it read records of other statuses or entries of other events, of which there may be any number.
  const pages = plans.filter(([text]) => /"(status|event|outcome)" (=|in) .* limit \?/.test(text));
  expect(pages.length).toBeGreaterThan(30);
  const passing = pages.filter(([text, plan]) => {
    // Whole rows are read by their ids.
    const reads = plan.split('\n').filter((line) => /^(SCAN|SEARCH) videostorage_(?!.*\(id=\?\)$)/.test(line));
    // Of two owners, the one with fewer rows.
    const owners = ['record_id', 'user_id', 'context_id', 'tenant_id', 'backend_name'];
    const owner = owners.find((column) => text.includes(`"${column}" = `));
    const isEntries = text.includes('videostorage_events');
    return reads.some((line) => {
      const hasValue = /\b(status|event|outcome)=\?/.test(line) || (isEntries && owner !== undefined);
      return !hasValue || !line.includes(`${owner ?? ''}`);
    });
  });
  expect(passing).toEqual([]);
  expect(plans.filter(([text]) => /"status" in .* limit/.test(text))).toEqual([]);
  // Whole indexes are read, in their order and up to the limit, only when there is no filter.
  const whole = plans.filter(([, plan]) => /\bSCAN videostorage_/.test(plan));
  expect(whole.map(([text]) => text).filter((text) => /"(user|context|tenant|record)_id" = /.test(text))).toEqual([]);
});

test('of two owners, the index of the one that fewer rows share is read, in both lists', async () => {
  const { asked, database } = await listeningDatabase();
  const records = new SqlVideoRecords({ database });
  const log = new SqlEventLog({ database, secrets: [testSecret] });
  const ofUser = { userId: 'user-3', contextId: 'context-3' };
  const ofContext = { contextId: 'context-3', tenantId: 'tenant-3', backendName: 'local' };
  const ofTenant = { tenantId: 'tenant-3', backendName: 'local' };
  for (const [owner, list] of [
    ['user', () => records.list({ ...ofContext, ...ofUser, limit: 1 })],
    ['context', () => records.list({ ...ofContext, limit: 1 })],
    ['tenant', () => records.list({ ...ofTenant, limit: 1 })],
    ['record', () => log.list({ recordId: 'record-3', ...ofUser, limit: 1 })],
    ['user', () => log.list({ ...ofUser, events: ['video.ready', 'video.failed'], limit: 1 })],
  ] as const) {
    asked.clear();
    await list();
    const plans = (await plansOf(asked, database)).map(([, plan]) => plan).join();
    const read = [...plans.matchAll(/ INDEX videostorage_\w+?_by_(\w+)/g)].map(([, name]) => name);
    expect([...new Set(read)]).toEqual([owner]);
  }
  await database.destroy();
});

test('a page for rare words takes four statements, each with an index and none with a sort', async () => {
  const { asked, database } = await listeningDatabase();
  await fillVideos(database, 'sqlite', 300);
  const records = new SqlVideoRecords({ database });
  for (const filter of [{}, { userId: 'user-1' }, { order: 'oldest' as const, statuses: ['ready' as const] }]) {
    asked.clear();
    await records.list({ limit: 10, text: 'harbour', ...filter });
    // A user has 30 of them.
    expect(asked.count).toBe('userId' in filter ? 2 : 4);
    const plans = await plansOf(asked, database);
    expect(plans.filter(([, plan]) => !/USING (COVERING )?INDEX/.test(plan) || /TEMP B-TREE/.test(plan))).toEqual([]);
  }
  await database.destroy();
});

test('a page takes one statement, and a search for words one more when fewer than 200 records are left; none counts rows and all have a limit, in each SQL dialect', async () => {
  const pool = async () => {
    throw new Error('must not connect');
  };
  const sqlite = await listeningDatabase();
  const second = await secondPages(sqlite.database);
  sqlite.asked.clear();
  const families = {
    sqlite,
    postgres: emptyDatabase(new PostgresDialect({ pool })),
    mysql: emptyDatabase(new MysqlDialect({ pool })),
  };
  for (const [family, { asked, database }] of Object.entries(families)) {
    const { pages, pagesByWords } = await askForPages(database, second);
    expect([family, asked.count]).toEqual([family, pages + pagesByWords]);
    const texts = asked.all.map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter((text) => /\b(count|sum|over)\s*\(|\bgroup by\b/i.test(text))).toEqual([]);
    expect(texts.filter((text) => !/ limit (\?|\$\d+)( offset (\?|\$\d+)|\) as .place. .*)?$/.test(text))).toEqual([]);
    await database.destroy();
  }
});

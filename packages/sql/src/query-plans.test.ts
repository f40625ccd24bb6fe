import { type Dialect, DummyDriver, Kysely, MysqlDialect, PostgresDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import {
  AskedStatements,
  askEverything,
  askForPages,
  secondPages,
  withValues,
} from '../test-support/asked-statements.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';

/** SQLite in memory with its tables, and with nothing asked yet. */
async function listeningDatabase() {
  const asked = new AskedStatements();
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }), log: asked.log });
  await migrateVideoTables(database);
  asked.clear();
  return { asked, database };
}

/** A database of a family that finds nothing. */
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

/** Text and plan of every statement that a call of records or log writes. */
async function plansOfAll(): Promise<readonly (readonly [string, string])[]> {
  const { asked, database } = await listeningDatabase();
  await askEverything(database);
  const plans: (readonly [string, string])[] = [];
  for (const statement of asked.all) {
    const explained = sql<{ detail: string }>`${sql.raw(`explain query plan ${withValues(statement)}`)}`;
    const { rows } = await explained.execute(database);
    plans.push([statement.text, rows.map(({ detail }) => detail).join('\n')]);
  }
  await database.destroy();
  return plans;
}

test('every statement uses an index: none reads a whole table, none sorts a page', async () => {
  const plans = await plansOfAll();
  expect(plans.length).toBeGreaterThan(60);
  const scans = plans.filter(([, plan]) => /\bSCAN videostorage_\w+\b(?! USING (COVERING )?INDEX)/.test(plan));
  expect(scans).toEqual([]);
  // A page is in the order of its index. Sums are grouped, and only they.
  const sorted = plans.filter(([text, plan]) => /TEMP B-TREE/.test(plan) && !/group by/.test(text));
  expect(sorted).toEqual([]);
  // Whole indexes are read, in their order and up to the limit, only where no filter narrows them down.
  const whole = plans.filter(([, plan]) => /\bSCAN videostorage_/.test(plan));
  expect(whole.map(([text]) => text).filter((text) => /"(user|context|tenant|record)_id" = /.test(text))).toEqual([]);
});

test('a page is one statement, and by words of file names one more, which count nothing and are bounded, in each SQL that is spoken', async () => {
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
    expect(texts.filter((text) => !/ limit (\?|\$\d+)( offset (\?|\$\d+))?$/.test(text))).toEqual([]);
    await database.destroy();
  }
});

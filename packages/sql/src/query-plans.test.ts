import { Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { AskedStatements, askEverything, withValues } from '../test-support/asked-statements.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';

/** Text and plan of every statement that a call of records or log writes. */
async function plansOfAll(): Promise<readonly (readonly [string, string])[]> {
  const asked = new AskedStatements();
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect({ path: ':memory:' }), log: asked.log });
  await migrateVideoTables(database);
  asked.clear();
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

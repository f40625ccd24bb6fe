import { newUpload } from '@videostorage/service/testing';
import { Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { testSecret } from '../test-support/sql-subjects.ts';
import { migrateVideoTables } from './migrate-video-tables.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { SqlEventLog } from './sql-event-log.ts';
import { SqlVideoRecords } from './sql-video-records.ts';

const change = {
  recordId: 'r',
  occurrence: 1,
  event: 'video.ready',
  outcome: 'ok',
  userId: 'ann',
  role: null,
  contextId: null,
  errorCode: null,
  elapsedMs: null,
} as const;

const filters = [
  {},
  { userId: 'ann' },
  { contextId: 'c' },
  { tenantId: 't' },
  { backendName: 'local' },
  { statuses: ['ready'] },
  { statuses: ['ready', 'failed'] },
  { userId: 'ann', statuses: ['ready', 'failed'], text: 'talk' },
  { createdFrom: '2020-01-01T00:00:00.000Z', createdBefore: '2040-01-01T00:00:00.000Z', text: 'talk' },
] as const;

const logFilters = [
  {},
  { recordId: 'r' },
  { userId: 'ann' },
  { contextId: 'c' },
  { events: ['video.ready'] },
  { events: ['video.ready', 'video.failed'] },
  { outcome: 'ok' },
  { recordId: 'r', outcome: 'ok', from: '2020-01-01T00:00:00.000Z' },
] as const;

/** Every statement that a call of records or log writes, with the SQL and parameters that reached the database. */
async function statements(): Promise<{ plans: readonly (readonly [string, string])[]; destroy(): Promise<void> }> {
  const seen = new Map<string, readonly unknown[]>();
  const database = new Kysely<unknown>({
    dialect: nodeSqliteDialect({ path: ':memory:' }),
    log: ({ query }) => void seen.set(query.sql, query.parameters),
  });
  await migrateVideoTables(database);
  const records = new SqlVideoRecords({ database });
  const log = new SqlEventLog({ database, secrets: [testSecret] });
  seen.clear();
  for (let index = 0; index < 3; index += 1) await records.insert(newUpload({ idempotencyKey: `key-${index}` }), []);
  for (const filter of filters) {
    for (const order of ['newest', 'oldest'] as const) {
      const { cursor } = await records.list({ order, limit: 1 });
      await records.list({ ...filter, order, limit: 1, cursor });
      await records.list({ ...filter, order, limit: 1 });
    }
    const { text: _, ...counted } = { text: '', ...filter };
    await records.countByDay(counted);
    await records.countFailures(counted);
  }
  const { id } = await records.insert(newUpload({ dueInSeconds: 0 }), []);
  await records.due(10);
  await records.lease(10, 60);
  await records.update(id, 1, { videoId: 'v-1' });
  await records.schedule(id, 2, { dueInSeconds: null });
  const gone = await records.insert(newUpload(), []);
  await records.discard(gone.id, 1);
  await records.findByVideoId('local', 'v-1');
  await records.usage('user', 'ann');
  await records.unknownVideos('local', ['v-1', 'v-2']);
  for (const scope of [{}, { contextId: 'c' }, { tenantId: 't' }]) await records.usageByUser({ ...scope, limit: 1 });
  for (let index = 1; index < 4; index += 1) await log.append({ ...change, occurrence: index });
  await log.append({ ...change, occurrence: null });
  for (const filter of logFilters) {
    const { cursor } = await log.list({ limit: 1 });
    await log.list({ ...filter, limit: 1, cursor });
    await log.list({ ...filter, limit: 1 });
    await log.countByDay(filter);
  }
  await log.verify('r');
  await log.erase('ann');
  const plans: (readonly [string, string])[] = [];
  for (const [text, parameters] of [...seen].filter(([one]) => /^(select|update|delete|insert)/.test(one))) {
    const { rows } = await sql<{
      detail: string;
    }>`${sql.raw(`explain query plan ${withValues(text, parameters)}`)}`.execute(database);
    plans.push([text, rows.map(({ detail }) => detail).join('\n')]);
  }
  return { plans, destroy: () => database.destroy() };
}

/** The planner sees values, as it does when the driver binds them. */
function withValues(text: string, parameters: readonly unknown[]): string {
  let index = 0;
  return text.replace(/\?/g, () => {
    const value = parameters[index];
    index += 1;
    return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
  });
}

test('every statement uses an index: none reads a whole table, none sorts a page', async () => {
  const { plans, destroy } = await statements();
  await destroy();
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

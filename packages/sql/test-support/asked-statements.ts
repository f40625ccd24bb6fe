import { newUpload } from '@videostorage/service/testing';
import type { Kysely, LogEvent } from 'kysely';
import { SqlEventLog } from '../src/sql-event-log.ts';
import { SqlVideoRecords } from '../src/sql-video-records.ts';
import { testSecret } from './sql-subjects.ts';

/** A statement as the database received it. */
export interface AskedStatement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

const change = {
  recordId: 'record-3',
  occurrence: 1,
  event: 'video.ready',
  outcome: 'ok',
  userId: 'user-3',
  role: null,
  contextId: null,
  errorCode: null,
  elapsedMs: null,
} as const;

const filters = [
  {},
  { userId: 'user-3' },
  { contextId: 'context-3' },
  { tenantId: 'tenant-3' },
  { backendName: 'local' },
  { statuses: ['ready'] },
  { statuses: ['failed'] },
  { statuses: ['ready', 'failed'] },
  { userId: 'user-3', statuses: ['ready', 'failed'], text: 'talk' },
  { createdFrom: '2020-01-01T00:00:00.000Z', createdBefore: '2040-01-01T00:00:00.000Z', text: 'talk' },
] as const;

const logFilters = [
  {},
  { recordId: 'record-3' },
  { userId: 'user-3' },
  { contextId: 'context-3' },
  { events: ['video.deleted'] },
  { events: ['video.ready', 'video.failed'] },
  { userId: 'user-3', events: ['video.ready', 'video.failed'] },
  { contextId: 'context-3', events: ['video.ready'] },
  { recordId: 'record-3', events: ['video.ready', 'video.failed'] },
  { outcome: 'denied' },
  { recordId: 'record-3', outcome: 'ok', from: '2020-01-01T00:00:00.000Z' },
] as const;

/** Records the statements of a database whose Kysely has this `log` as its option. */
export class AskedStatements {
  readonly #asked = new Map<string, readonly unknown[]>();

  /** Number of statements, repetitions included. */
  count = 0;

  /** The `log` option for Kysely. */
  readonly log = ({ query }: LogEvent): void => {
    this.count += 1;
    this.#asked.set(query.sql, query.parameters);
  };

  /** Each text once, with its latest values. */
  get all(): readonly AskedStatement[] {
    return [...this.#asked]
      .filter(([text]) => /^(select|update|delete|insert)/.test(text))
      .map(([text, parameters]) => ({ text, parameters }));
  }

  /** Forgets the statements so far. */
  clear(): void {
    this.#asked.clear();
    this.count = 0;
  }
}

/** Calls every method of records and log, with each filter and order. */
export async function askEverything(database: Kysely<unknown>): Promise<void> {
  await askRecords(new SqlVideoRecords({ database }));
  await askLog(new SqlEventLog({ database, secrets: [testSecret] }));
}

/** Where the second page of each list begins. */
export interface SecondPages {
  readonly newest: string | undefined;
  readonly oldest: string | undefined;
  readonly entries: string | undefined;
}

/** Writes rows, and returns the cursors of second pages. */
export async function secondPages(database: Kysely<unknown>): Promise<SecondPages> {
  const records = new SqlVideoRecords({ database });
  const log = new SqlEventLog({ database, secrets: [testSecret] });
  for (let index = 1; index < 3; index += 1) {
    await records.insert(newUpload({ idempotencyKey: `key-${index}` }), []);
    await log.append({ ...change, occurrence: index });
  }
  return {
    newest: (await records.list({ order: 'newest', limit: 1 })).cursor,
    oldest: (await records.list({ order: 'oldest', limit: 1 })).cursor,
    entries: (await log.list({ limit: 1 })).cursor,
  };
}

/** Number of pages requested. */
export interface AskedPages {
  readonly pages: number;
  /** Number of those that search for words. */
  readonly pagesByWords: number;
}

/** Requests the first and the second page of each list, with each filter and order. */
export async function askForPages(database: Kysely<unknown>, second: SecondPages): Promise<AskedPages> {
  const records = new SqlVideoRecords({ database });
  const log = new SqlEventLog({ database, secrets: [testSecret] });
  let [pages, pagesByWords] = [0, 0];
  for (const order of ['newest', 'oldest'] as const) {
    for (const cursor of [undefined, second[order]]) {
      for (const filter of filters) await records.list({ ...filter, order, limit: 1, cursor });
      pages += filters.length;
      pagesByWords += filters.filter((filter) => 'text' in filter).length;
    }
  }
  for (const cursor of [undefined, second.entries]) {
    for (const filter of logFilters) await log.list({ ...filter, limit: 1, cursor });
    pages += logFilters.length;
  }
  return { pages, pagesByWords };
}

async function askRecords(records: SqlVideoRecords): Promise<void> {
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
  await records.usage('user', 'user-3');
  await records.unknownVideos('local', ['v-1', 'v-2']);
  for (const scope of [{}, { contextId: 'context-3' }, { tenantId: 'tenant-3' }])
    await records.usageByUser({ ...scope, limit: 1 });
}

async function askLog(log: SqlEventLog): Promise<void> {
  for (let index = 1; index < 4; index += 1) await log.append({ ...change, occurrence: index });
  await log.append({ ...change, occurrence: null });
  for (const filter of logFilters) {
    const { cursor } = await log.list({ limit: 1 });
    await log.list({ ...filter, limit: 1, cursor });
    await log.list({ ...filter, limit: 1 });
    await log.countByDay(filter);
  }
  await log.verify('record-3');
  await log.erase('user-3');
}

/** The statement with its values in it: the planner sees them, as it does when the driver binds them. */
export function withValues({ text, parameters }: AskedStatement): string {
  let next = 0;
  return text.replace(/\$(\d+)|\?/g, (_placeholder, place?: string) => {
    const value = parameters[place === undefined ? next : Number(place) - 1];
    next += 1;
    if (value === null || typeof value === 'number') return String(value);
    return `'${String(value).replaceAll("'", "''")}'`;
  });
}

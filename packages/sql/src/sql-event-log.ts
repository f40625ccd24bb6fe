import {
  checkOptions,
  type EventName,
  refuseCursor,
  type Secret,
  StoreUnavailableError,
  secretListOption,
  toTimestamp,
} from '@videostorage/core';
import {
  type BrokenChain,
  checkedLogFilter,
  checkedLogQuery,
  countedFrom,
  decodeTimeCursor,
  type EventCount,
  type EventLog,
  encodeTimeCursor,
  LogChain,
  type LogEntry,
  type LogFilter,
  type LogPage,
  type LogQuery,
  type NewLogEntry,
  pageLimit,
  timeBound,
} from '@videostorage/service';
import { type InsertObject, type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { databaseTime } from './database-time.ts';
import { daySchema, dayStart } from './day-start.ts';
import { entryFromRow, eventColumns, eventSchema, outcomeSchema } from './entry-row.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { mergedRanges } from './merged-ranges.ts';
import { afterPlace, entryConditions, is, isOfOwner, within } from './sql-conditions.ts';
import { DuplicateKeyError, type SqlRunner } from './sql-runner.ts';
import { SQL_STORE_OPTIONS, type SqlStoreOptions, sqlRunner } from './sql-store-options.ts';
import { readRow, storedInteger } from './stored-value.ts';
import type { VideoTables } from './video-tables.ts';

const TABLE = 'videostorage_events';
const ORDERED = ['at', 'id'] as const;
/**
 * Each failed attempt means that another process has linked its entry first: at most as many as write to one record at once.
 */
const MAX_ATTEMPTS = 100;

/** Settings of `SqlEventLog`. */
export interface SqlEventLogOptions extends SqlStoreOptions {
  /**
   * Secrets that sign the chains, one to ten, of at least 32 random bytes each, kept outside the database. The first one
   * signs, all verify.
   */
  readonly secrets: readonly (Secret | string)[];
}

const countSchema = z.object({
  day: daySchema,
  event: eventSchema,
  outcome: outcomeSchema,
  entries: storedInteger,
});

/**
 * The event log in the host app's own database, the same as that of the records or another one. Run
 * `migrateVideoTables(database)` first. If the connection breaks while an access is written, it is written again, so it
 * may be recorded twice. A change is never recorded twice.
 */
export class SqlEventLog implements EventLog {
  readonly #runner: SqlRunner;
  readonly #hashes: LogChain;
  /** Queues the writers of this process, so that they do not collide; those of several processes do, and try again. */
  readonly #writers = new KeyedQueue();

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: SqlEventLogOptions) {
    const schemas = { ...SQL_STORE_OPTIONS, secrets: secretListOption({ min: 1, minBytes: 32 }) };
    const { secrets, ...store } = checkOptions('SqlEventLog', options, schemas);
    this.#runner = sqlRunner({ ...store, random: options.random?.bind(options) });
    this.#hashes = new LogChain(secrets);
  }

  async append(entry: NewLogEntry): Promise<LogEntry> {
    const { recordId, occurrence } = entry;
    if (recordId !== null && occurrence !== null) {
      return await this.#writers.run(recordId, () => this.#appendChange({ ...entry, recordId, occurrence }));
    }
    const access = { ...entry, sequence: null, personalDigest: null, previousHash: null, hash: null };
    const row = { ...eventColumns(access), at: databaseTime(this.#runner.family) };
    return await this.#runner.run((database) => this.#insert(database, row));
  }

  async list(query: LogQuery): Promise<LogPage> {
    const { limit, cursor, events, ...filter } = checkedLogQuery(query);
    const wanted = pageLimit(limit);
    const decoded = decodeTimeCursor('entries', cursor);
    const place = decoded && { atMs: decoded.atMs, id: rowId(decoded.id) };
    // Those of one owner have an index in the order of time, whatever their events.
    const isOneRange = events === undefined || isOfOwner(filter);
    const asked = isOneRange ? { ...filter, events } : filter;
    const conditions = [...entryConditions(this.#runner.family, asked), ...afterPlace('newest', ORDERED, place)];
    if (events?.length === 0) return { entries: [] };
    const entries = await this.#runner.run(async (database) => {
      const all = conditions.reduce((query, each) => query.where(each), database.selectFrom(TABLE).selectAll());
      const ranges = isOneRange ? [all] : [...new Set(events)].map((event) => all.where(is('event', event)));
      const inOrder = { columns: ORDERED, direction: 'desc', limit: wanted + 1 } as const;
      return (await mergedRanges(database, ranges, inOrder).execute()).map(entryFromRow);
    });
    const page = entries.slice(0, wanted);
    const last = entries.length > wanted ? page.at(-1) : undefined;
    if (last === undefined) return { entries: page };
    return { entries: page, cursor: encodeTimeCursor('entries', { atMs: Date.parse(last.at), id: last.id }) };
  }

  async countByDay(asked: LogFilter): Promise<readonly EventCount[]> {
    const { from, before, ...filter } = checkedLogFilter(asked);
    const [fromMs, beforeMs] = [timeBound('from', from), timeBound('before', before)];
    return await this.#runner.run(async (database) => {
      const first = countedFrom(fromMs, beforeMs, await this.#now(database));
      let query = database
        .selectFrom(TABLE)
        .select([dayStart('at').as('day'), 'event', 'outcome', sql<number>`count(*)`.as('entries')]);
      for (const condition of [...entryConditions(this.#runner.family, filter), ...within('at', first, beforeMs)]) {
        query = query.where(condition);
      }
      const rows = await query
        .groupBy(['day', 'event', 'outcome'])
        .orderBy('day')
        .orderBy('event')
        .orderBy('outcome')
        .execute();
      return rows.map((row) => readRow(TABLE, countSchema, row));
    });
  }

  async verify(recordId: string): Promise<BrokenChain | undefined> {
    const entries = await this.#runner.run(async (database) => {
      const rows = await database
        .selectFrom(TABLE)
        .selectAll()
        .where(is('record_id', recordId))
        .where('sequence', 'is not', null)
        .orderBy('sequence')
        .execute();
      return rows.map(entryFromRow);
    });
    return await this.#hashes.check(entries);
  }

  async erase(userId: string): Promise<number> {
    return await this.#runner.run(async (database) => {
      const { numUpdatedRows } = await database
        .updateTable(TABLE)
        .set({ user_id: null, role: null })
        .where(is('user_id', userId))
        .executeTakeFirst();
      return Number(numUpdatedRows);
    });
  }

  async #appendChange(change: NewLogEntry & { readonly recordId: string; readonly occurrence: number }) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#runner.run(async (database) => await this.#link(database, change));
      } catch (error) {
        // Since the read, another process has written this change or taken the next sequence number: read again.
        if (!(error instanceof DuplicateKeyError)) throw error;
        if (attempt < MAX_ATTEMPTS) continue;
        const cause = new Error(`Other processes were faster to extend the chain ${MAX_ATTEMPTS} times.`);
        throw new StoreUnavailableError(undefined, { cause });
      }
    }
  }

  async #known(
    database: Kysely<VideoTables>,
    { recordId, event, occurrence }: { recordId: string; event: EventName; occurrence: number },
  ): Promise<LogEntry | undefined> {
    const row = await database
      .selectFrom(TABLE)
      .selectAll()
      .where('record_id', '=', recordId)
      .where('event', '=', event)
      .where('occurrence', '=', occurrence)
      .executeTakeFirst();
    return row && entryFromRow(row);
  }

  async #link(
    database: Kysely<VideoTables>,
    change: NewLogEntry & { readonly recordId: string; readonly occurrence: number },
  ): Promise<LogEntry> {
    // The entry may exist already, after a crash or a repeated call: a query costs less than an insert that fails.
    const known = await this.#known(database, change);
    if (known !== undefined) return known;
    const tail = await database
      .selectFrom(TABLE)
      .select(['sequence', 'hash'])
      .where('record_id', '=', change.recordId)
      .where('sequence', 'is not', null)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    const previous = tail && { sequence: storedInteger.parse(tail.sequence), hash: z.string().parse(tail.hash) };
    const nowMs = await this.#now(database);
    const at = toTimestamp(nowMs);
    const linked = await this.#hashes.link(change, { id: '', at }, previous);
    return await this.#insert(database, { ...eventColumns(linked), at: nowMs });
  }

  async #insert(database: Kysely<VideoTables>, row: InsertObject<VideoTables, typeof TABLE>): Promise<LogEntry> {
    const insert = database.insertInto(TABLE).values(row);
    if (this.#runner.family !== 'mysql') {
      return entryFromRow(await insert.returningAll().executeTakeFirstOrThrow());
    }
    const { insertId } = await insert.executeTakeFirstOrThrow();
    const query = database.selectFrom(TABLE).selectAll().where('id', '=', Number(insertId));
    return entryFromRow(await query.executeTakeFirstOrThrow());
  }

  async #now(database: Kysely<VideoTables>): Promise<number> {
    const { now } = await database.selectNoFrom(databaseTime(this.#runner.family).as('now')).executeTakeFirstOrThrow();
    return storedInteger.parse(now);
  }
}

/** The key of a row from a cursor. @throws {ValidationError} not an id of this log */
function rowId(id: string): number {
  if (/^\d{16}$/.test(id)) return Number(id);
  refuseCursor();
}

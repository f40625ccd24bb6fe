import { randomBytes } from 'node:crypto';
import { ConflictError, checkOptions, type LimitScope, QuotaExceededError } from '@videostorage/core';
import {
  checkedRecordQuery,
  type DayCount,
  decodeTimeCursor,
  encodeTimeCursor,
  type FailureCount,
  insertedRecord,
  type NewVideoRecord,
  NO_USAGE,
  pageLimit,
  patchedRecord,
  type Quota,
  type RecordSchedule,
  type RecordUsage,
  refusedQuota,
  scheduledRecord,
  type TimePlace,
  type UnknownVideo,
  type UserUsagePage,
  type VideoRecord,
  type VideoRecordFilter,
  type VideoRecordPage,
  type VideoRecordPatch,
  type VideoRecordQuery,
  type VideoRecords,
} from '@videostorage/service';
import type { Kysely, Transaction } from 'kysely';
import { databaseTime, databaseTimeBound } from './database-time.ts';
import { ORDERED, OrderedRecords, STATUSES } from './ordered-records.ts';
import { RecordCounts, type UserUsageQuery } from './record-counts.ts';
import { recordFromRow, rowFromRecord } from './record-row.ts';
import { afterPlace, is, recordConditions, upToPlace, wordConditions } from './sql-conditions.ts';
import { DuplicateKeyError, type SqlRunner } from './sql-runner.ts';
import { SQL_STORE_OPTIONS, type SqlStoreOptions, sqlRunner } from './sql-store-options.ts';
import { storedInteger } from './stored-value.ts';
import { UnknownVideos } from './unknown-videos.ts';
import { changeUsage, usageChanges, usageFromRow } from './usage-rows.ts';
import type { VideoTables } from './video-tables.ts';

const TABLE = 'videostorage_videos';
/**
 * How many records one page examines for words of file names, for which there is no index: first 200, enough for common
 * words, then 9,800 more, which take some 20 ms of the process with SQLite. Of each status as many places of an index are read.
 */
const EXAMINED_AT_A_TIME = [200, 9800];

/**
 * Records in the host app's own database: PostgreSQL, MySQL 8, MariaDB ≥ 10.6 or SQLite, for many processes at the same
 * time. Run `migrateVideoTables(database)` first. Times come from the database's clock.
 */
export class SqlVideoRecords implements VideoRecords {
  readonly #runner: SqlRunner;
  readonly #counts: RecordCounts;
  readonly #unknown: UnknownVideos;

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: SqlStoreOptions) {
    const checked = checkOptions('SqlVideoRecords', options, SQL_STORE_OPTIONS);
    this.#runner = sqlRunner({ ...checked, random: options.random?.bind(options) });
    this.#counts = new RecordCounts(this.#runner);
    this.#unknown = new UnknownVideos(this.#runner);
  }

  async insert(record: NewVideoRecord, quotas: readonly Quota[]): Promise<VideoRecord> {
    const known = await this.#knownUpload(record);
    if (known !== undefined) return known;
    const writtenBy = randomBytes(12).toString('base64url');
    try {
      return await this.#runner.transaction(async (transaction) => {
        // All inserts lock the row of the global scope, so their times are in the order of their commits, and a list that is
        // read from the oldest on misses none.
        const draft = insertedRecord(record, 0);
        const usage = await changeUsage(transaction, this.#runner.family, usageChanges(undefined, draft));
        const refused = refusedQuota(quotas, usage.usedBy, NO_USAGE);
        if (refused !== undefined) throw refused;
        const inserted = insertedRecord(record, usage.nowMs);
        await transaction.insertInto(TABLE).values(rowFromRecord(inserted, writtenBy)).execute();
        return inserted;
      });
    } catch (error) {
      // An earlier attempt whose answer was lost, or another process, has inserted the same upload and used the quota. Only
      // now is the record certainly visible: the commit of a lost connection may not have finished when this attempt began.
      const isTaken = error instanceof DuplicateKeyError || error instanceof QuotaExceededError;
      const own = isTaken ? await this.#runner.run((database) => rowOf(database, record.id)) : undefined;
      if (own?.written_by === writtenBy) return recordFromRow(own);
      const winner = isTaken ? await this.#knownUpload(record) : undefined;
      if (winner !== undefined) return winner;
      throw error instanceof DuplicateKeyError ? new ConflictError('A record with this id already exists.') : error;
    }
  }

  async get(id: string): Promise<VideoRecord | undefined> {
    return await this.#runner.run(async (database) => {
      const row = await rowOf(database, id);
      return row && recordFromRow(row);
    });
  }

  async findByVideoId(backendName: string, videoId: string): Promise<VideoRecord | undefined> {
    return await this.#runner.run(async (database) => {
      const row = await database
        .selectFrom(TABLE)
        .selectAll()
        .where(is('backend_name', backendName))
        .where(is('video_id', videoId))
        .executeTakeFirst();
      return row && recordFromRow(row);
    });
  }

  async update(id: string, expectedVersion: number, patch: VideoRecordPatch): Promise<VideoRecord | undefined> {
    const writtenBy = randomBytes(12).toString('base64url');
    try {
      return await this.#runner.transaction(async (transaction, isAgain) => {
        const locked = await this.#lock(transaction, id);
        if (isAgain && locked?.row.written_by === writtenBy) return locked.record;
        if (locked === undefined || locked.record.version !== expectedVersion) return undefined;
        const changed = patchedRecord(locked.record, patch, locked.nowMs);
        await this.#write(transaction, changed, writtenBy);
        await this.#count(transaction, locked.record, changed);
        return changed;
      });
    } catch (error) {
      if (error instanceof DuplicateKeyError) throw new ConflictError('Another record has this video, or this key.');
      throw error;
    }
  }

  async schedule(id: string, expectedVersion: number, schedule: RecordSchedule): Promise<boolean> {
    return await this.#runner.transaction(async (transaction) => {
      const locked = await this.#lock(transaction, id);
      if (locked === undefined || locked.record.version !== expectedVersion) return false;
      await this.#write(transaction, scheduledRecord(locked.record, schedule, locked.nowMs), locked.row.written_by);
      return true;
    });
  }

  async discard(id: string, expectedVersion: number): Promise<boolean> {
    return await this.#runner.transaction(async (transaction, isAgain) => {
      const locked = await this.#lock(transaction, id);
      // The record is gone, as requested: by an earlier attempt whose answer was lost, or by another process.
      if (locked === undefined) return isAgain;
      const { version, status, videoId } = locked.record;
      if (version !== expectedVersion || status !== 'pending' || videoId !== null) return false;
      await transaction.deleteFrom(TABLE).where('id', '=', id).execute();
      await this.#count(transaction, locked.record, undefined);
      return true;
    });
  }

  async list(asked: VideoRecordQuery): Promise<VideoRecordPage> {
    const { order = 'newest', limit, cursor, text, statuses = STATUSES, ...filter } = checkedRecordQuery(asked);
    const wanted = pageLimit(limit);
    const words = wordConditions(this.#runner.family, text);
    const filters = recordConditions(this.#runner.family, filter);
    const start = decodeTimeCursor(order, cursor);
    if (statuses.length === 0) return { records: [] };
    return await this.#runner.run(async (database) => {
      const read = new OrderedRecords(database, order, new Set(statuses));
      const records: VideoRecord[] = [];
      let end = start;
      for (const count of words.length === 0 ? [undefined] : EXAMINED_AT_A_TIME) {
        const rest = [...filters, ...afterPlace(order, ORDERED, end)];
        end = count === undefined ? undefined : await read.placeOfNth(rest, count);
        const conditions = [...rest, ...words, ...upToPlace(order, ORDERED, end)];
        records.push(...(await read.first(conditions, wanted + 1 - records.length)));
        if (records.length > wanted || end === undefined) break;
      }
      const page = records.slice(0, wanted);
      const last = records.length > wanted ? placeOf(page.at(-1)) : end;
      return { records: page, ...(last !== undefined && { cursor: encodeTimeCursor(order, last) }) };
    });
  }

  async lease(limit: number, leaseSeconds: number): Promise<readonly VideoRecord[]> {
    const wanted = pageLimit(limit);
    return await this.#runner.transaction(async (transaction) => {
      const due = await this.#due(transaction, wanted, true);
      if (due.length === 0) return [];
      const nowMs = await this.#now(transaction);
      const leased = due.map((record) => scheduledRecord(record, { dueInSeconds: leaseSeconds }, nowMs));
      await transaction
        .updateTable(TABLE)
        .set({ due_at: Date.parse(leased[0]?.dueAt ?? '') })
        .where(
          'id',
          'in',
          leased.map(({ id }) => id),
        )
        .execute();
      return leased;
    });
  }

  async due(limit: number): Promise<readonly VideoRecord[]> {
    const wanted = pageLimit(limit);
    return await this.#runner.run((database) => this.#due(database, wanted, false));
  }

  async usage(scope: LimitScope, key: string): Promise<RecordUsage> {
    return await this.#runner.run(async (database) => {
      const row = await database
        .selectFrom('videostorage_usage')
        .select(['pending', 'videos', 'bytes', 'milliseconds'])
        .where('scope', '=', scope)
        .where(is('scope_key', key))
        .executeTakeFirst();
      return row === undefined ? NO_USAGE : usageFromRow(row);
    });
  }

  async unknownVideos(
    backendName: string,
    videoIds: readonly string[],
    { dryRun = false }: { readonly dryRun?: boolean | undefined } = {},
  ): Promise<readonly UnknownVideo[]> {
    return await this.#unknown.report(backendName, videoIds, dryRun);
  }

  async forgetUnknownVideo(backendName: string, videoId: string): Promise<void> {
    await this.#unknown.forget(backendName, [videoId]);
  }

  async countByDay(filter: VideoRecordFilter): Promise<readonly DayCount[]> {
    return await this.#counts.byDay(filter);
  }

  async countFailures(filter: VideoRecordFilter): Promise<readonly FailureCount[]> {
    return await this.#counts.failures(filter);
  }

  async usageByUser(query: UserUsageQuery): Promise<UserUsagePage> {
    return await this.#counts.usageByUser(query);
  }

  async #knownUpload({ userId, idempotencyKey }: NewVideoRecord): Promise<VideoRecord | undefined> {
    if (idempotencyKey === null) return undefined;
    return await this.#runner.run(async (database) => {
      const row = await database
        .selectFrom(TABLE)
        .selectAll()
        .where('user_id', '=', userId)
        .where('idempotency_key', '=', idempotencyKey)
        .executeTakeFirst();
      return row && recordFromRow(row);
    });
  }

  /** The record, locked against changes by others until the transaction ends, and the time. */
  async #lock(transaction: Transaction<VideoTables>, id: string) {
    const query = transaction
      .selectFrom(TABLE)
      .selectAll()
      .select(databaseTime(this.#runner.family).as('now'))
      .where(is('id', id));
    const row = await (this.#runner.family === 'sqlite' ? query : query.forUpdate()).executeTakeFirst();
    if (row === undefined) return undefined;
    return { row, record: recordFromRow(row), nowMs: storedInteger.parse(row.now) };
  }

  /** Always locked after the record, so that transactions never wait for one another in a cycle. */
  async #count(transaction: Transaction<VideoTables>, before: VideoRecord, after: VideoRecord | undefined) {
    const changes = usageChanges(before, after);
    if (changes.length > 0) await changeUsage(transaction, this.#runner.family, changes);
  }

  async #write(transaction: Transaction<VideoTables>, record: VideoRecord, writtenBy: string): Promise<void> {
    const { id, ...columns } = rowFromRecord(record, writtenBy);
    await transaction.updateTable(TABLE).set(columns).where('id', '=', id).execute();
  }

  async #due(database: Kysely<VideoTables>, limit: number, isLocked: boolean): Promise<readonly VideoRecord[]> {
    const query = database
      .selectFrom(TABLE)
      .selectAll()
      .where('due_at', '<=', databaseTimeBound(this.#runner.family))
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit);
    // Another process is examining the records that it has locked; waiting for them would examine them twice.
    const rows = await (isLocked && this.#runner.family !== 'sqlite'
      ? query.forUpdate().skipLocked()
      : query
    ).execute();
    return rows.map(recordFromRow);
  }

  async #now(database: Kysely<VideoTables>): Promise<number> {
    const { now } = await database.selectNoFrom(databaseTime(this.#runner.family).as('now')).executeTakeFirstOrThrow();
    return storedInteger.parse(now);
  }
}

async function rowOf(database: Kysely<VideoTables>, id: string) {
  return await database.selectFrom(TABLE).selectAll().where(is('id', id)).executeTakeFirst();
}

function placeOf(record: VideoRecord | undefined): TimePlace | undefined {
  return record && { atMs: Date.parse(record.createdAt), id: record.id };
}

import {
  type Clock,
  ConflictError,
  checkOptions,
  type LimitScope,
  type OptionSchemas,
  optional,
  systemClock,
  timeOption,
} from '@videostorage/core';
import { checkedRecordFilter, checkedRecordQuery, checkedUserUsageQuery } from '../checked-queries.ts';
import { decodeCursor, encodeCursor } from '../page-cursor.ts';
import { insertedRecord, patchedRecord, scheduledRecord } from '../record-change.ts';
import { changedUsage, NO_USAGE, recordUsage, refusedQuota, usageKey } from '../record-usage.ts';
import { countedFrom, decodeTimeCursor, encodeTimeCursor, pageLimit, timeBound } from '../time-cursor.ts';
import type { NewVideoRecord, VideoRecord, VideoRecordPatch } from '../video-record.ts';
import type {
  DayCount,
  FailureCount,
  Quota,
  RecordSchedule,
  RecordUsage,
  UnknownVideo,
  UserUsagePage,
  VideoRecordFilter,
  VideoRecordPage,
  VideoRecordQuery,
  VideoRecords,
} from '../video-records.ts';
import { frozenCopy } from './frozen-copy.ts';
import { recordMatch } from './record-match.ts';
import { TimeOrder } from './time-order.ts';
import { UnknownVideoTable } from './unknown-video-table.ts';
import { UsageTable } from './usage-table.ts';

/** Settings of `MemoryVideoRecords`. */
export interface MemoryVideoRecordsOptions {
  /** The clock that dates records. Default: the computer's. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
}

const OPTIONS = { clock: optional(timeOption) } satisfies OptionSchemas<MemoryVideoRecordsOptions>;

interface Row {
  readonly atMs: number;
  readonly id: string;
  record: VideoRecord;
}

/**
 * Records in memory, for tests and for getting started: they are lost when the process ends. Each change is made
 * without awaiting anything, so it is atomic. Returned records are frozen.
 */
export class MemoryVideoRecords implements VideoRecords {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #rows = new Map<string, Row>();
  readonly #byVideo = new Map<string, Row>();
  readonly #byIdempotencyKey = new Map<string, Row>();
  readonly #order = new TimeOrder<Row>();
  readonly #scheduled = new Set<Row>();
  readonly #usage = new UsageTable();
  readonly #unknown = new UnknownVideoTable();

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: MemoryVideoRecordsOptions = {}) {
    this.#clock = checkOptions('MemoryVideoRecords', options, OPTIONS).clock ?? systemClock;
  }

  async insert(record: NewVideoRecord, quotas: readonly Quota[]): Promise<VideoRecord> {
    const known = this.#byIdempotencyKey.get(idempotencyPair(record) ?? '');
    if (known !== undefined) return known.record;
    if (this.#rows.has(record.id)) throw new ConflictError('A record with this id already exists.');
    const inserted = frozenCopy(insertedRecord(record, this.#clock.now()));
    const usedBy = (scope: LimitScope) => {
      const key = usageKey(scope, inserted);
      return key === undefined ? undefined : this.#usage.get(scope, key);
    };
    const refused = refusedQuota(quotas, usedBy, recordUsage(inserted));
    if (refused !== undefined) throw refused;
    const row: Row = { atMs: Date.parse(inserted.createdAt), id: inserted.id, record: inserted };
    this.#rows.set(row.id, row);
    this.#order.add(row);
    this.#index(row, undefined);
    return inserted;
  }

  async get(id: string): Promise<VideoRecord | undefined> {
    return this.#rows.get(id)?.record;
  }

  async findByVideoId(backendName: string, videoId: string): Promise<VideoRecord | undefined> {
    return this.#byVideo.get(pairOf(backendName, videoId))?.record;
  }

  async update(id: string, expectedVersion: number, patch: VideoRecordPatch): Promise<VideoRecord | undefined> {
    const row = this.#rows.get(id);
    if (row?.record.version !== expectedVersion) return undefined;
    const changed = frozenCopy(patchedRecord(row.record, patch, this.#clock.now()));
    this.#refuseKnownVideo(row, changed);
    this.#replace(row, changed);
    return changed;
  }

  async schedule(id: string, expectedVersion: number, schedule: RecordSchedule): Promise<boolean> {
    const row = this.#rows.get(id);
    if (row?.record.version !== expectedVersion) return false;
    this.#replace(row, frozenCopy(scheduledRecord(row.record, schedule, this.#clock.now())));
    return true;
  }

  async discard(id: string, expectedVersion: number): Promise<boolean> {
    const row = this.#rows.get(id);
    if (row?.record.version !== expectedVersion) return false;
    if (row.record.status !== 'pending' || row.record.videoId !== null) return false;
    this.#unindex(row);
    this.#usage.move(row.record, undefined);
    this.#rows.delete(id);
    this.#order.remove(row);
    return true;
  }

  async list(query: VideoRecordQuery): Promise<VideoRecordPage> {
    const { order = 'newest', limit, cursor, ...filter } = checkedRecordQuery(query);
    const wanted = pageLimit(limit);
    const place = decodeTimeCursor(order, cursor);
    const isMatch = recordMatch(filter);
    const records: VideoRecord[] = [];
    let last: Row | undefined;
    for (const row of order === 'newest' ? this.#order.newest(place) : this.#order.oldest(place)) {
      if (!isMatch(row.record)) continue;
      if (records.length === wanted) return { records, ...(last && { cursor: encodeTimeCursor(order, last) }) };
      records.push(row.record);
      last = row;
    }
    return { records };
  }

  async lease(limit: number, leaseSeconds: number): Promise<readonly VideoRecord[]> {
    const nowMs = this.#clock.now();
    return this.#due(limit, nowMs).map((row) => {
      this.#replace(row, frozenCopy(scheduledRecord(row.record, { dueInSeconds: leaseSeconds }, nowMs)));
      return row.record;
    });
  }

  async due(limit: number): Promise<readonly VideoRecord[]> {
    return this.#due(limit, this.#clock.now()).map(({ record }) => record);
  }

  async usage(scope: LimitScope, key: string): Promise<RecordUsage> {
    return this.#usage.get(scope, key);
  }

  async unknownVideos(
    backendName: string,
    videoIds: readonly string[],
    { dryRun = false }: { readonly dryRun?: boolean | undefined } = {},
  ): Promise<readonly UnknownVideo[]> {
    if (videoIds.length > 0) pageLimit(videoIds.length);
    const nowMs = this.#clock.now();
    return [...new Set(videoIds)].flatMap((videoId) => {
      const isKnown = this.#byVideo.has(pairOf(backendName, videoId));
      if (isKnown && !dryRun) this.#unknown.forget(backendName, videoId);
      return isKnown ? [] : [this.#unknown.report(backendName, videoId, nowMs, dryRun)];
    });
  }

  async forgetUnknownVideo(backendName: string, videoId: string): Promise<void> {
    this.#unknown.forget(backendName, videoId);
  }

  async countByDay(asked: VideoRecordFilter): Promise<readonly DayCount[]> {
    const filter = checkedRecordFilter(asked);
    const beforeMs = timeBound('createdBefore', filter.createdBefore);
    const firstMs = countedFrom(timeBound('createdFrom', filter.createdFrom), beforeMs, this.#clock.now());
    const isMatch = recordMatch(filter);
    const counts = new Map<string, DayCount>();
    for (const { atMs, record } of this.#order.oldest({ atMs: firstMs, id: '' })) {
      if (beforeMs !== undefined && atMs >= beforeMs) break;
      if (!isMatch(record)) continue;
      const { status } = record;
      const day = record.createdAt.slice(0, 10);
      const videos = (counts.get(`${day} ${status}`)?.videos ?? 0) + 1;
      counts.set(`${day} ${status}`, { day, status, videos });
    }
    return [...counts.values()];
  }

  async countFailures(filter: VideoRecordFilter): Promise<readonly FailureCount[]> {
    const isMatch = recordMatch(checkedRecordFilter(filter));
    const counts = new Map<string, number>();
    for (const { record } of this.#rows.values()) {
      if (record.status !== 'failed' || !isMatch(record)) continue;
      const code = record.errorCode ?? '';
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    return [...counts]
      .map(([errorCode, videos]) => ({ errorCode, videos }))
      .sort((one, other) => other.videos - one.videos || compareText(one.errorCode, other.errorCode));
  }

  async usageByUser(query: {
    readonly contextId?: string | undefined;
    readonly tenantId?: string | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<UserUsagePage> {
    const { contextId, tenantId, cursor, limit } = checkedUserUsageQuery(query);
    const wanted = pageLimit(limit);
    const [after = ''] = decodeCursor(cursor, 1) ?? [];
    const isMatch = recordMatch({ contextId, tenantId });
    const used = new Map<string, RecordUsage>();
    for (const { record } of this.#rows.values()) {
      if (record.userId <= after || !isMatch(record)) continue;
      used.set(record.userId, changedUsage(used.get(record.userId) ?? NO_USAGE, NO_USAGE, recordUsage(record)));
    }
    const users = [...used]
      .sort(([one], [other]) => compareText(one, other))
      .map(([userId, usage]) => ({ userId, ...usage }));
    const page = users.slice(0, wanted);
    const last = page.at(-1);
    return { users: page, ...(users.length > wanted && last && { cursor: encodeCursor(last.userId) }) };
  }

  #due(limit: number, nowMs: number): readonly Row[] {
    const dueMs = ({ record }: Row) => Date.parse(record.dueAt ?? '');
    return [...this.#scheduled]
      .filter((row) => dueMs(row) <= nowMs)
      .sort((one, other) => dueMs(one) - dueMs(other) || compareText(one.id, other.id))
      .slice(0, pageLimit(limit));
  }

  #replace(row: Row, changed: VideoRecord): void {
    const before = row.record;
    this.#unindex(row);
    row.record = changed;
    this.#index(row, before);
  }

  #index(row: Row, before: VideoRecord | undefined): void {
    const { record } = row;
    if (record.videoId !== null) this.#byVideo.set(pairOf(record.backendName, record.videoId), row);
    const pair = idempotencyPair(record);
    if (pair !== undefined) this.#byIdempotencyKey.set(pair, row);
    if (record.dueAt !== null) this.#scheduled.add(row);
    this.#usage.move(before, record);
  }

  #unindex(row: Row): void {
    const { record } = row;
    if (record.videoId !== null) this.#byVideo.delete(pairOf(record.backendName, record.videoId));
    const pair = idempotencyPair(record);
    if (pair !== undefined) this.#byIdempotencyKey.delete(pair);
    this.#scheduled.delete(row);
  }

  #refuseKnownVideo(row: Row, { backendName, videoId }: VideoRecord): void {
    const other = videoId === null ? undefined : this.#byVideo.get(pairOf(backendName, videoId));
    if (other !== undefined && other !== row) throw new ConflictError('Another record already has this video.');
  }
}

function idempotencyPair({ userId, idempotencyKey }: Pick<VideoRecord, 'userId' | 'idempotencyKey'>) {
  return idempotencyKey === null ? undefined : pairOf(userId, idempotencyKey);
}

function pairOf(one: string, other: string): string {
  return JSON.stringify([one, other]);
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

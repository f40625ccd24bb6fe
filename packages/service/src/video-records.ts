import type { LimitScope, Timestamp, VideoStatus } from '@videostorage/core';
import type { NewVideoRecord, VideoRecord, VideoRecordPatch } from './video-record.ts';

/**
 * An upper bound over the records of one scope that hold bytes or will: pending, processing, ready, deleting. Pending ones
 * count as declared. Exactly the bound is allowed.
 */
export interface Quota {
  /** Whose records are added up. Quotas of a context or tenant pass over records that have none. */
  readonly scope: LimitScope;
  /** Most uploads that are pending at once. */
  readonly maxPending?: number | undefined;
  /** Most bytes. */
  readonly maxBytes?: number | undefined;
  /** Most play time; records of unknown duration count with the limit that their request set, or with 0. */
  readonly maxSeconds?: number | undefined;
}

/** What one scope uses; see `Quota` for what counts. */
export interface RecordUsage {
  /** Records with status pending. */
  readonly pending: number;
  /** Records with status processing, ready or deleting. */
  readonly videos: number;
  /** Bytes of both. */
  readonly bytes: number;
  /** Play time of both. */
  readonly seconds: number;
}

/** Which records: those that meet every member. */
export interface VideoRecordFilter {
  /** Of this uploader. */
  readonly userId?: string | undefined;
  /** Of this context. */
  readonly contextId?: string | undefined;
  /** Of this tenant. */
  readonly tenantId?: string | undefined;
  /** In one of these states; absent = in any. */
  readonly statuses?: readonly VideoStatus[] | undefined;
  /** On this storage. */
  readonly backendName?: string | undefined;
  /** Created then or later. */
  readonly createdFrom?: Timestamp | undefined;
  /** Created earlier. */
  readonly createdBefore?: Timestamp | undefined;
}

/** One page of records. */
export interface VideoRecordQuery extends VideoRecordFilter {
  /** Words that the file name contains, each of them; case and accents do not matter (`foldText`). */
  readonly text?: string | undefined;
  /** By (createdAt, id). Default `newest` first. */
  readonly order?: 'newest' | 'oldest' | undefined;
  /** 1–1 000. */
  readonly limit: number;
  /** From the page before; opaque, and of no use with another order. */
  readonly cursor?: string | undefined;
}

/** Records in the order that was asked for. */
export interface VideoRecordPage {
  /**
   * At most `limit`. With `text` there may be fewer, even none, before a page with the others: an implementation bounds how many
   * records a page examines for words.
   */
  readonly records: readonly VideoRecord[];
  /** Absent on the last page, and on it alone. */
  readonly cursor?: string;
}

/** Videos of one day and status. */
export interface DayCount {
  /** Of creation, UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** What they are now. */
  readonly status: VideoStatus;
  /** How many. */
  readonly videos: number;
}

/** How often uploads failed for one reason. */
export interface FailureCount {
  /** `VideoRecord.errorCode`; empty where none was given. */
  readonly errorCode: string;
  /** Records with status failed. */
  readonly videos: number;
}

/** What one user uses. */
export interface UserUsage extends RecordUsage {
  /** Who. */
  readonly userId: string;
}

/** Users by id. */
export interface UserUsagePage {
  /** At most as many as asked for, ordered by id. */
  readonly users: readonly UserUsage[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** A video at a storage that no record has. */
export interface UnknownVideo {
  /** The storage's id. */
  readonly videoId: string;
  /** How long ago it was first reported here; 0 the first time. */
  readonly knownForSeconds: number;
}

/** When a record is examined next, and whether its hook has run; neither is a change of facts. */
export interface RecordSchedule {
  /** From the records' now on; null = never. */
  readonly dueInSeconds: number | null;
  /** True sets `notifiedAt` to now. */
  readonly notified?: boolean | undefined;
}

/**
 * Where records live. Several processes use one store, so times are by the store's own clock, and each method is one transaction.
 * Every method throws `StoreUnavailableError` rather than guess an answer. Conformance: `describeVideoRecords` of
 * `@videostorage/service/testing`.
 */
export interface VideoRecords {
  /**
   * Inserts a record as pending, version 1, if all quotas have room, in one transaction. For a known (userId, idempotencyKey)
   * it returns that record unchanged, without regard to the quotas.
   * @throws {QuotaExceededError} of the first quota without room @throws {ConflictError} the id exists
   */
  insert(record: NewVideoRecord, quotas: readonly Quota[]): Promise<VideoRecord>;
  /** The record, or undefined when there is none. */
  get(id: string): Promise<VideoRecord | undefined>;
  /** The record of a storage's video. */
  findByVideoId(backendName: string, videoId: string): Promise<VideoRecord | undefined>;
  /**
   * Compare-and-set: changes the record if its version is still the expected one, and returns it with its new version. Undefined:
   * another process was faster, or there is no such record.
   * @throws {ConflictError} another record of this storage has the `videoId`
   */
  update(id: string, expectedVersion: number, patch: VideoRecordPatch): Promise<VideoRecord | undefined>;
  /** Changes when the record is examined next, without a new version. False = it has another version by now. */
  schedule(id: string, expectedVersion: number, schedule: RecordSchedule): Promise<boolean>;
  /** Removes a record whose upload was never created: pending, without `videoId`. False = it has changed since. */
  discard(id: string, expectedVersion: number): Promise<boolean>;
  /** One page, without counting the rest. @throws {ValidationError} a filter that does not exist, a cursor of another list or order */
  list(query: VideoRecordQuery): Promise<VideoRecordPage>;
  /**
   * Records whose `dueAt` has passed, the longest due first, as they are after their `dueAt` was moved on by the lease: processes
   * share the work, and what a crashed one held is due again. The version stays. `limit` is 1–1 000.
   */
  lease(limit: number, leaseSeconds: number): Promise<readonly VideoRecord[]>;
  /** The records that `lease` would return, unchanged: for a dry run. */
  due(limit: number): Promise<readonly VideoRecord[]>;
  /** What one scope uses: the quotas' own figures. `key` is the id of the user, context or tenant; empty for `global`. */
  usage(scope: LimitScope, key: string): Promise<RecordUsage>;
  /**
   * Which of these videos (1–1 000) no record has. Keeps when each was first reported, until a record has it; with `dryRun`
   * nothing is kept or removed.
   */
  unknownVideos(
    backendName: string,
    videoIds: readonly string[],
    options?: { readonly dryRun?: boolean | undefined },
  ): Promise<readonly UnknownVideo[]>;
  /** Removes what `unknownVideos` keeps about a video, once it is deleted. */
  forgetUnknownVideo(backendName: string, videoId: string): Promise<void>;
  /**
   * Counts by day and status, oldest day first. At most 366 days: the days before `createdBefore`, or before now.
   * @throws {ValidationError} a filter that does not exist
   */
  countByDay(filter: VideoRecordFilter): Promise<readonly DayCount[]>;
  /** Counts of failed uploads by reason, the most frequent first. @throws {ValidationError} a filter that does not exist */
  countFailures(filter: VideoRecordFilter): Promise<readonly FailureCount[]>;
  /**
   * Usage of each user with records in the filter, by user id, without users who were erased.
   * @throws {ValidationError} a filter that does not exist, a cursor of another list
   */
  usageByUser(query: {
    readonly contextId?: string | undefined;
    readonly tenantId?: string | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<UserUsagePage>;
}

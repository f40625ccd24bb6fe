import type { LimitScope, Timestamp, VideoStatus } from '@videostorage/core';
import type { NewVideoRecord, VideoRecord, VideoRecordPatch } from './video-record.ts';

/**
 * An upper limit for all records of one scope that hold bytes or will hold them: pending, processing, ready, deleting.
 * Pending records count with what was declared. A value equal to the limit is allowed.
 */
export interface Quota {
  /** Whose records are added up. A quota per context or tenant ignores records without one. */
  readonly scope: LimitScope;
  /** Maximum number of uploads that are pending at the same time. */
  readonly maxPending?: number | undefined;
  /** Maximum number of bytes. */
  readonly maxBytes?: number | undefined;
  /** Maximum total duration in seconds; records of unknown duration count with the limit that their request set, or with 0. */
  readonly maxSeconds?: number | undefined;
}

/** What one scope uses; see `Quota` for what counts. */
export interface RecordUsage {
  /** Records with status pending. */
  readonly pending: number;
  /** Records with status processing, ready or deleting. */
  readonly videos: number;
  /** Bytes of all these records. */
  readonly bytes: number;
  /** Total duration of all these records, in seconds. */
  readonly seconds: number;
}

/** Selects the records that match every member. */
export interface VideoRecordFilter {
  /** Only records of this uploader. */
  readonly userId?: string | undefined;
  /** Only records of this context. */
  readonly contextId?: string | undefined;
  /** Only records of this tenant. */
  readonly tenantId?: string | undefined;
  /** Only records in one of these states; absent = in any state. */
  readonly statuses?: readonly VideoStatus[] | undefined;
  /** Only records on this storage. */
  readonly backendName?: string | undefined;
  /** Only records created at this time or later. */
  readonly createdFrom?: Timestamp | undefined;
  /** Only records created before this time. */
  readonly createdBefore?: Timestamp | undefined;
}

/** A query for one page of records. */
export interface VideoRecordQuery extends VideoRecordFilter {
  /** Words that the file name must all contain; case and accents are ignored (`foldText`). */
  readonly text?: string | undefined;
  /** Order by `createdAt` and `id`. Default: `newest` first. */
  readonly order?: 'newest' | 'oldest' | undefined;
  /** Records per page, 1–1 000. */
  readonly limit: number;
  /** The `cursor` of the previous page; opaque, and valid only with the same order. */
  readonly cursor?: string | undefined;
}

/** One page of records, in the requested order. */
export interface VideoRecordPage {
  /**
   * At most `limit`. With `text` a page may hold fewer, even none, although later pages hold more: an implementation
   * limits how many records it searches for one page.
   */
  readonly records: readonly VideoRecord[];
  /** Pass it to get the next page. Absent only on the last page. */
  readonly cursor?: string;
}

/** Videos of one day and status. */
export interface DayCount {
  /** Day of creation in UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** Current status of the videos. */
  readonly status: VideoStatus;
  /** Number of videos. */
  readonly videos: number;
}

/** How often uploads failed for one reason. */
export interface FailureCount {
  /** `VideoRecord.errorCode`; empty when there is none. */
  readonly errorCode: string;
  /** Records with status failed. */
  readonly videos: number;
}

/** Usage of one user. */
export interface UserUsage extends RecordUsage {
  /** Id of the user. */
  readonly userId: string;
}

/** One page of users' usage. */
export interface UserUsagePage {
  /** At most as many users as requested, ordered by id. */
  readonly users: readonly UserUsage[];
  /** Pass it to get the next page. Absent on the last page. */
  readonly cursor?: string;
}

/** A video at a storage that no record has. */
export interface UnknownVideo {
  /** The storage's id. */
  readonly videoId: string;
  /** How long ago it was first reported by `unknownVideos`; 0 the first time. */
  readonly knownForSeconds: number;
}

/** When a record is examined next, and whether its hook has run. Changing these does not change the `version`. */
export interface RecordSchedule {
  /** Sets `dueAt` to this long after the current time of the records' clock; null = never. */
  readonly dueInSeconds: number | null;
  /** True sets `notifiedAt` to now. */
  readonly notified?: boolean | undefined;
}

/**
 * The store of records. Several processes use one store, so times come from the store's own clock, and each method is one
 * transaction. Every method throws `StoreUnavailableError` when the store does not answer. Conformance:
 * `describeVideoRecords` of `@videostorage/service/testing`.
 */
export interface VideoRecords {
  /**
   * Inserts a record as pending, version 1, if all quotas have room, in one transaction. For a known (userId, idempotencyKey)
   * it returns that record unchanged, without regard to the quotas.
   * @throws {QuotaExceededError} for the first quota without room @throws {ConflictError} the id already exists
   */
  insert(record: NewVideoRecord, quotas: readonly Quota[]): Promise<VideoRecord>;
  /** The record, or undefined when there is none. */
  get(id: string): Promise<VideoRecord | undefined>;
  /** Returns the record of a storage's video; undefined when there is none. */
  findByVideoId(backendName: string, videoId: string): Promise<VideoRecord | undefined>;
  /**
   * Compare-and-set: changes the record if its version is still the expected one, and returns it with its new version. Undefined:
   * another process was faster, or there is no such record.
   * @throws {ConflictError} another record of this storage has the `videoId`
   */
  update(id: string, expectedVersion: number, patch: VideoRecordPatch): Promise<VideoRecord | undefined>;
  /**
   * Changes when the record is examined next, without a new version. Returns false when the record has another version by
   * now.
   */
  schedule(id: string, expectedVersion: number, schedule: RecordSchedule): Promise<boolean>;
  /**
   * Removes a record whose upload was never created: pending, without `videoId`. Returns false when the record has
   * changed meanwhile.
   */
  discard(id: string, expectedVersion: number): Promise<boolean>;
  /**
   * Returns one page, without counting how many records follow.
   * @throws {ValidationError} a filter that does not exist, or a cursor from another list or order
   */
  list(query: VideoRecordQuery): Promise<VideoRecordPage>;
  /**
   * Leases records whose `dueAt` has passed, those that have been due longest first: sets their `dueAt` to `leaseSeconds`
   * from now, and returns the records with the new `dueAt`. In this way processes share the work, and the records of a
   * crashed process become due again. The version does not change. `limit` is 1–1 000.
   */
  lease(limit: number, leaseSeconds: number): Promise<readonly VideoRecord[]>;
  /** The records that `lease` would return, unchanged: for a dry run. */
  due(limit: number): Promise<readonly VideoRecord[]>;
  /** The usage of one scope, as quotas are checked against it. `key` is the id of the user, context or tenant; empty for `global`. */
  usage(scope: LimitScope, key: string): Promise<RecordUsage>;
  /**
   * Returns which of these videos (1–1 000) have no record. Stores when each of them was first reported, and deletes that
   * entry when the video has a record. With `dryRun` it only reads.
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

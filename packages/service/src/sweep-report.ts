import {
  ConfigurationError,
  describeError,
  isVideoStorageError,
  type Logger,
  type VideoStorage,
} from '@videostorage/core';
import { type Asking, requestOf } from './request-of.ts';

/** What one run of `sweep` found and did; with `dryRun`, would have done. */
export interface SweepReport {
  /** Records that were due, and videos that were listed at the storages. */
  readonly examined: number;
  /** Uploads that expired without having arrived. */
  readonly expired: number;
  /** Uploads that had arrived but were not confirmed, for instance because the tab was closed. */
  readonly adopted: number;
  /** Other records whose status was updated to what their storage reports. */
  readonly reconciled: number;
  /** Deletes that were completed. */
  readonly deleted: number;
  /** Videos whose retention ended, so that their delete began. */
  readonly retentionEnded: number;
  /** Ids of their records, the oldest of each status first. With `dryRun`: those that the next run with this `limit` would delete. */
  readonly retentionEndedIds: readonly string[];
  /** Status changes that an earlier call or run made and whose hook has succeeded in this run. */
  readonly notified: number;
  /** Videos at a storage that no record has. */
  readonly orphansFound: number;
  /** How many of these orphans were deleted. */
  readonly orphansDeleted: number;
  /** Bytes that were freed, as far as they are known. */
  readonly bytesReleased: number;
  /**
   * What those bytes cost per month in US dollars, by the storages' own price tables. It is estimated once for all
   * bytes that a storage freed in this run, since some providers sell storage in blocks. A storage that cannot estimate
   * it is listed in `failures` and adds nothing.
   */
  readonly usdPerMonthReleased: number;
  /** Items that failed; a later run examines them again. */
  readonly failures: readonly SweepFailure[];
  /** True when a step stopped at the limit, or records took too long: a later run examines the rest. */
  readonly more: boolean;
}

/** One item that failed. */
export interface SweepFailure {
  /** Id of the record, the storage's id of a video without a record, or name of the storage. */
  readonly id: string;
  /** Code of the error, or `INTERNAL`. */
  readonly code: string;
}

/** What failed: a video, by the id of its record or of its storage, or the examination of a whole storage. */
export type SweepItem = { readonly videoId: string } | { readonly backendName: string };

/** A report that is being written. */
export class SweepTally {
  readonly #logger: Logger;
  readonly #asking: Asking;
  /** Counts by their name in the report. */
  readonly counts: {
    -readonly [Name in Exclude<keyof SweepReport, 'failures' | 'more' | 'retentionEndedIds'>]: number;
  } = {
    examined: 0,
    expired: 0,
    adopted: 0,
    reconciled: 0,
    deleted: 0,
    retentionEnded: 0,
    notified: 0,
    orphansFound: 0,
    orphansDeleted: 0,
    bytesReleased: 0,
    usdPerMonthReleased: 0,
  };
  readonly #bytesOf = new Map<VideoStorage, number>();
  /** What failed. */
  readonly failures: SweepFailure[] = [];
  /** Records whose retention ended. */
  readonly retentionEndedIds: string[] = [];
  /** Whether a part was left to a later run. */
  more = false;

  constructor(logger: Logger, asking: Asking) {
    this.#logger = logger;
    this.#asking = asking;
  }

  /** Reports the code of what failed, and logs why. */
  fail(item: SweepItem, error: unknown): void {
    const id = 'videoId' in item ? item.videoId : item.backendName;
    this.failures.push({ id, code: isVideoStorageError(error) ? error.code : 'INTERNAL' });
    const about = { ...item, operation: 'sweep', ...requestOf(this.#asking) };
    this.#logger.log('warn', 'request.failed', { ...about, ...describeError(error) });
  }

  /** Logs the counts at the end of the run. */
  finish(): SweepReport {
    for (const [storage, bytes] of this.#bytesOf) {
      try {
        this.counts.usdPerMonthReleased += releasedUsd(storage, bytes);
      } catch (error) {
        this.fail({ backendName: storage.backendName }, error);
      }
    }
    this.#logger.log('info', 'sweep.finished', { message: JSON.stringify(this.counts), ...requestOf(this.#asking) });
    const { retentionEndedIds, failures, more } = this;
    return { ...this.counts, retentionEndedIds, failures, more };
  }

  /** Counts a record whose retention ended. */
  retire({ id }: { readonly id: string }): void {
    this.counts.retentionEnded += 1;
    this.retentionEndedIds.push(id);
  }

  /** Adds what a storage has examined, in its own sweep. */
  examine(storage: VideoStorage, items: number): void {
    this.counts.examined += this.#readable(storage, '`examined` of its sweep', items);
  }

  /** Adds bytes that were freed at a storage. */
  release(storage: VideoStorage, bytes: number): void {
    const readable = this.#readable(storage, 'the size of what was freed', bytes);
    if (readable === 0) return;
    this.counts.bytesReleased += readable;
    this.#bytesOf.set(storage, (this.#bytesOf.get(storage) ?? 0) + readable);
  }

  /**
   * A storage of the host app may return anything: a value that is not a number of at least 0 is reported as a failure and
   * adds nothing.
   */
  #readable(storage: VideoStorage, name: string, value: unknown): number {
    if (isAmount(value)) return value;
    this.fail({ backendName: storage.backendName }, notAmount(storage, name));
    return 0;
  }
}

/**
 * The cost of the freed bytes in a month. @throws {ConfigurationError} an estimate that is not a number from 0 @throws what
 * the storage throws
 */
function releasedUsd(storage: VideoStorage, bytes: number): number {
  const monthlyUsd = (storedBytes: number): number => {
    const estimate: unknown = storage.estimateCost({ storedBytes, views: 0 }).monthlyUsd;
    if (!isAmount(estimate)) throw notAmount(storage, '`monthlyUsd` of its `estimateCost`');
    return estimate;
  };
  return Math.max(0, monthlyUsd(bytes) - monthlyUsd(0));
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}

function notAmount({ backendName }: VideoStorage, name: string): ConfigurationError {
  return new ConfigurationError(`Storage ${backendName}: ${name} must be a number of at least 0.`);
}

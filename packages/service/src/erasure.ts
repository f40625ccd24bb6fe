import {
  type CallOptions,
  callOptionSchemas,
  canonicalId,
  checkCallOptions,
  checkedTimeoutMs,
  describeError,
  isVideoStorageError,
  type Logger,
  ValidationError,
} from '@videostorage/core';
import type { EventLog } from './event-log.ts';
import type { Reconciler } from './reconciler.ts';
import { requestOf } from './request-of.ts';
import type { Storages } from './storages.ts';
import type { SweepFailure } from './sweep-report.ts';
import { ERASED_PERSON, type Transitions } from './transitions.ts';
import type { VideoRecord } from './video-record.ts';
import type { VideoRecords } from './video-records.ts';

/** The result of erasing a user's data. Call `eraseUser` again until `videosPending` is 0. */
export interface ErasureReceipt {
  /** Id of the entry in the event log that records the erasure. */
  readonly receiptId: string;
  /** Number of videos and uploads that are deleted: asked again afterwards, their storage reported no such video. */
  readonly videosDeleted: number;
  /**
   * How many of the deleted videos have bytes that a storage may not remove yet (Object Lock): they can no longer be
   * played, but still exist. Tell the person how long they are kept.
   */
  readonly videosRetained: number;
  /** Number of deletes that are not complete yet; the sweep continues them. */
  readonly videosPending: number;
  /**
   * The reason for each pending delete that failed. An outage needs no action; anything else, such as missing
   * permissions at a storage, needs a fix.
   */
  readonly failures: readonly SweepFailure[];
  /** Number of entries in the event log from which the user's id and role were removed. */
  readonly entriesErased: number;
}

const PAGE = 100;
/** The fields that describe the person's video are blanked at once. */
const MARKED = { fileName: '', custom: {}, erasing: true } as const;

/**
 * Erases a person's data: deletes their videos, verifies that these are gone, and blanks what names the person in records
 * and log.
 */
export class Erasure {
  readonly #storages: Storages;
  readonly #records: VideoRecords;
  readonly #events: EventLog;
  readonly #reconciler: Reconciler;
  readonly #transitions: Transitions;
  readonly #logger: Logger;

  constructor(parts: {
    storages: Storages;
    records: VideoRecords;
    events: EventLog;
    reconciler: Reconciler;
    transitions: Transitions;
    logger: Logger;
  }) {
    this.#storages = parts.storages;
    this.#records = parts.records;
    this.#events = parts.events;
    this.#reconciler = parts.reconciler;
    this.#transitions = parts.transitions;
    this.#logger = parts.logger;
  }

  /** One run over everything that the person uploaded. @throws {ValidationError} not an id: it would match other people's videos */
  async erase(id: string, options: CallOptions): Promise<ErasureReceipt> {
    // Refuses unknown options: above all `dryRun`, which only sweeps have.
    checkCallOptions(options, callOptionSchemas);
    checkedTimeoutMs(options.timeoutMs);
    const userId = canonicalId(id);
    if (userId === undefined) {
      const message = 'The userId must be the id of the person to erase, 1 to 128 bytes.';
      throw new ValidationError([{ path: 'userId', code: 'ID_INVALID', message }]);
    }
    let videosDeleted = 0;
    let videosRetained = 0;
    let videosPending = 0;
    const failures: SweepFailure[] = [];
    let cursor: string | undefined;
    do {
      options.signal?.throwIfAborted();
      const page = await this.#records.list({ userId, order: 'oldest', limit: PAGE, ...(cursor && { cursor }) });
      for (const record of page.records) {
        const erased = await this.#eraseOne(record, options, failures);
        if (erased === undefined) videosPending += 1;
        else videosDeleted += 1;
        if (erased?.retained) videosRetained += 1;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
    const entriesErased = await this.#events.erase(userId);
    const { id: receiptId } = await this.#events.append({
      ...{ recordId: null, occurrence: null, event: 'person.erased', outcome: 'ok', errorCode: null },
      ...{ userId: null, role: null, contextId: null, elapsedMs: null },
    });
    const counts = { videosDeleted, videosRetained, videosPending, failures: failures.length, entriesErased };
    this.#logger.log('info', 'person.erased', { message: JSON.stringify(counts), ...requestOf(options) });
    return { receiptId, videosDeleted, videosRetained, videosPending, failures, entriesErased };
  }

  /** The record when nothing is left to do for it, else undefined. */
  async #eraseOne(
    record: VideoRecord,
    options: CallOptions,
    failures: SweepFailure[],
  ): Promise<VideoRecord | undefined> {
    try {
      const marked = await this.#mark(record, options);
      const { record: after, moved } = await this.#reconciler.reconcile(marked, options);
      if (after.status !== 'deleted') return undefined;
      if (moved) await this.#transitions.completeOrLeave(after, options);
      // Only a delete that began with the mark queries the storage afterwards.
      return (await this.#blank(after, moved && after.erasing, options)) ? after : undefined;
    } catch (error) {
      if (options.signal?.aborted && error === options.signal.reason) throw error;
      // The record keeps the delete, and the sweep continues it; the other videos do not wait for this one, whatever was
      // thrown.
      failures.push({ id: record.id, code: isVideoStorageError(error) ? error.code : 'INTERNAL' });
      const about = { videoId: record.id, backendName: record.backendName, operation: 'eraseUser' };
      const asking = requestOf(options);
      this.#logger.log('warn', 'request.failed', { ...about, ...asking, ...describeError(error) });
      return undefined;
    }
  }

  /**
   * Begins the delete unless it has begun, and marks the record, so that the process that completes the delete blanks the
   * person.
   */
  async #mark(record: VideoRecord, options: CallOptions): Promise<VideoRecord> {
    const moved = await this.#transitions.move(record, { status: 'deleting', ...MARKED, dueInSeconds: 0 }, options);
    if (moved.moved) await this.#transitions.writeHistory(moved.record);
    if (moved.moved || moved.record.erasing) return moved.record;
    return (await this.#records.update(moved.record.id, moved.record.version, MARKED)) ?? moved.record;
  }

  /**
   * True when the storage reports the video as gone and nothing in the record names the person; otherwise the next call
   * blanks it. Completing a marked delete has already verified that the video is gone.
   */
  async #blank(record: VideoRecord, isProven: boolean, options: CallOptions): Promise<boolean> {
    const { id, version, videoId } = record;
    const isAsked = !isProven && videoId !== null;
    if (isAsked && (await this.#storages.of(record).videoExists(videoId, options))) return false;
    if (record.erasing && record.userId === '') return true;
    return (await this.#records.update(id, version, { ...MARKED, ...ERASED_PERSON })) !== undefined;
  }
}

import { type CallOptions, type Clock, isVideoStorageError } from '@videostorage/core';
import type { Reconciler } from './reconciler.ts';
import { referenceEndMs } from './reference-end.ts';
import type { Storages } from './storages.ts';
import type { SweepTally } from './sweep-report.ts';
import { isFinal, type Transitions } from './transitions.ts';
import type { VideoRecord } from './video-record.ts';
import type { VideoRecords } from './video-records.ts';

/** The lease of a batch: when a process crashes, its records are due again afterwards. */
const LEASE_SECONDS = 300;
/**
 * No further record of a batch is begun after half of the lease, so that those that have begun can end before another
 * process takes them.
 */
const BEGUN_WITHIN_MS = (LEASE_SECONDS / 2) * 1000;
/** Records of one lease: few, so that other processes get some as well. */
const BATCH = 100;
/** Longest page of the records. */
const MAX_PAGE = 1000;
/** Number of records that are examined at the same time. */
const CONCURRENCY = 8;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
/** By then a creation has ended, whatever its result. */
const CREATION_SECONDS = 15 * MINUTE_SECONDS;

/** Examines the records that are due: confirms uploads that arrived, expires others, continues deletes, runs hooks. */
export class RecordSweep {
  readonly #storages: Storages;
  readonly #records: VideoRecords;
  readonly #reconciler: Reconciler;
  readonly #transitions: Transitions;
  readonly #clock: Clock;

  constructor(parts: {
    storages: Storages;
    records: VideoRecords;
    reconciler: Reconciler;
    transitions: Transitions;
    clock: Clock;
  }) {
    this.#storages = parts.storages;
    this.#records = parts.records;
    this.#reconciler = parts.reconciler;
    this.#transitions = parts.transitions;
    this.#clock = parts.clock;
  }

  /**
   * At most `limit` records. One that fails does not stop the others; when records are slow, the rest of their batch is left
   * to a later run.
   */
  async run(limit: number, dryRun: boolean, options: CallOptions, tally: SweepTally): Promise<void> {
    const foreseen = Math.min(limit, MAX_PAGE);
    for (let left = limit; left > 0; left -= BATCH) {
      const count = Math.min(BATCH, left);
      const leasedAtMs = this.#clock.now();
      const due = await (dryRun ? this.#records.due(foreseen) : this.#records.lease(count, LEASE_SECONDS));
      for (let start = 0; start < due.length; start += CONCURRENCY) {
        options.signal?.throwIfAborted();
        if (this.#clock.now() - leasedAtMs >= BEGUN_WITHIN_MS) {
          tally.more = true;
          return;
        }
        const batch = due.slice(start, start + CONCURRENCY);
        const ended = await Promise.allSettled(batch.map((record) => this.#examine(record, dryRun, options, tally)));
        // Only after all have ended: whoever stops the maintenance may close the database next.
        for (const each of ended) if (each.status === 'rejected') throw each.reason;
      }
      // A dry run takes no lease, so a second batch would be the same records.
      if (dryRun && due.length < foreseen) return;
      if (dryRun) break;
      if (due.length < count) return;
    }
    tally.more = true;
  }

  async #examine(record: VideoRecord, dryRun: boolean, options: CallOptions, tally: SweepTally): Promise<void> {
    tally.counts.examined += 1;
    try {
      if (dryRun) return this.#foresee(record, tally);
      if (record.status === 'pending' && record.uploadReference === null) return await this.#discard(record, tally);
      const after = isFinal(record.status) ? record : await this.#bring(record, options, tally);
      await this.#finish(record, after, tally);
    } catch (error) {
      if (options.signal?.aborted && error === options.signal.reason) throw error;
      tally.fail({ videoId: record.id }, error);
      if (!dryRun) await this.#postpone(record, tally);
    }
  }

  /** Its ticket was not stored and so not issued: no bytes can be there. */
  async #discard(record: VideoRecord, tally: SweepTally): Promise<void> {
    if (this.#ageSeconds(record) < CREATION_SECONDS) return this.#postpone(record, tally);
    if (await this.#records.discard(record.id, record.version)) tally.counts.expired += 1;
  }

  async #bring(record: VideoRecord, options: CallOptions, tally: SweepTally): Promise<VideoRecord> {
    try {
      const { record: after } = await this.#reconciler.reconcile(record, options, 'scheduled');
      if (after.status !== record.status) this.#count(record, after, tally);
      return after;
    } catch (error) {
      const code = isVideoStorageError(error) ? error.code : undefined;
      // Not logged as a failure: nothing has arrived yet, or what arrived waits for a decision.
      if (code === 'NOT_UPLOADED' || code === 'CONTENT_UNVERIFIABLE') return record;
      throw error;
    }
  }

  async #finish(before: VideoRecord, after: VideoRecord, tally: SweepTally): Promise<void> {
    if (!isFinal(after.status)) {
      await this.#transitions.writeHistory(after);
      return this.#postpone(after, tally);
    }
    await this.#transitions.complete(after);
    if (isFinal(before.status) && before.notifiedAt === null) tally.counts.notified += 1;
  }

  async #postpone(record: VideoRecord, tally: SweepTally): Promise<void> {
    const dueInSeconds = this.#nextLookSeconds(record);
    try {
      await this.#transitions.schedule(record, { dueInSeconds });
    } catch (error) {
      // The record is due again when its lease ends.
      tally.fail({ videoId: record.id }, error);
    }
  }

  /**
   * Delay until the next examination. Pending: an eighth of the age, 1 to 15 minutes. Processing: the time since the upload
   * arrived, 1 minute to an hour, which doubles the delay each time. A final status: a minute, however old the video is, until
   * its history and hook have succeeded.
   */
  #nextLookSeconds(record: VideoRecord): number {
    const ageSeconds = this.#ageSeconds(record);
    if (isFinal(record.status)) return MINUTE_SECONDS;
    if (record.status === 'pending') return bounded(ageSeconds / 8, MINUTE_SECONDS, 15 * MINUTE_SECONDS);
    if (record.status === 'deleting') return MINUTE_SECONDS / 2;
    return bounded(this.#secondsSince(record.uploadedAt ?? record.createdAt), MINUTE_SECONDS, HOUR_SECONDS);
  }

  #ageSeconds({ createdAt }: VideoRecord): number {
    return this.#secondsSince(createdAt);
  }

  #secondsSince(time: string): number {
    return (this.#clock.now() - Date.parse(time)) / 1000;
  }

  #count(before: VideoRecord, after: VideoRecord, tally: SweepTally): void {
    const { counts } = tally;
    if (after.status === 'expired') counts.expired += 1;
    else if (after.status === 'deleted') {
      counts.deleted += 1;
      if (before.uploadedAt !== null && !after.retained) tally.release(this.#storages.of(before), before.sizeBytes);
    } else if (before.status === 'pending' && after.status !== 'failed') counts.adopted += 1;
    else counts.reconciled += 1;
  }

  /** What a run would do, as far as the records show without a call to a storage. */
  #foresee(record: VideoRecord, tally: SweepTally): void {
    const { counts } = tally;
    if (isFinal(record.status)) counts.notified += record.notifiedAt === null ? 1 : 0;
    else if (record.status === 'deleting') {
      const storage = this.#storages.of(record);
      counts.deleted += 1;
      if (record.uploadedAt !== null) tally.release(storage, record.sizeBytes);
    } else if (record.status === 'pending') {
      const isOver = this.#clock.now() > referenceEndMs(record);
      const isLost = record.uploadReference === null && this.#ageSeconds(record) >= CREATION_SECONDS;
      counts.expired += isOver || isLost ? 1 : 0;
    } else counts.reconciled += 1;
  }
}

function bounded(value: number, min: number, max: number): number {
  return Math.round(Math.min(max, Math.max(min, value)));
}

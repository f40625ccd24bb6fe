import { type CallOptions, isVideoStorageError } from '@videostorage/core';
import type { EventLog } from './event-log.ts';
import type { Reconciler } from './reconciler.ts';
import type { Storages } from './storages.ts';
import type { Transitions } from './transitions.ts';
import type { VideoRecord } from './video-record.ts';
import type { VideoRecords } from './video-records.ts';

/** What erasing a person has reached. Call again until `videosPending` is 0. */
export interface ErasureReceipt {
  /** Id of the line in the event log that keeps the receipt. */
  readonly receiptId: string;
  /** Videos and uploads that are gone, asked for at their storage afterwards. */
  readonly videosDeleted: number;
  /** Deletes that are not complete yet; the sweep goes on with them. */
  readonly videosPending: number;
  /** Lines of the event log whose person was blanked. */
  readonly entriesErased: number;
}

const PAGE = 100;

/** Erases a person: deletes their videos, proves that they are gone, and blanks what names them in records and log. */
export class Erasure {
  readonly #storages: Storages;
  readonly #records: VideoRecords;
  readonly #events: EventLog;
  readonly #reconciler: Reconciler;
  readonly #transitions: Transitions;

  constructor(parts: {
    storages: Storages;
    records: VideoRecords;
    events: EventLog;
    reconciler: Reconciler;
    transitions: Transitions;
  }) {
    this.#storages = parts.storages;
    this.#records = parts.records;
    this.#events = parts.events;
    this.#reconciler = parts.reconciler;
    this.#transitions = parts.transitions;
  }

  /** One run over everything that the person uploaded. */
  async erase(userId: string, options: CallOptions): Promise<ErasureReceipt> {
    let videosDeleted = 0;
    let videosPending = 0;
    let cursor: string | undefined;
    do {
      options.signal?.throwIfAborted();
      const page = await this.#records.list({ userId, order: 'oldest', limit: PAGE, ...(cursor && { cursor }) });
      for (const record of page.records) {
        if (await this.#eraseOne(record, options)) videosDeleted += 1;
        else videosPending += 1;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
    const entriesErased = await this.#events.erase(userId);
    const { id } = await this.#events.append({
      ...{ recordId: null, occurrence: null, event: 'person.erased', outcome: 'ok', errorCode: null },
      ...{ userId: null, role: null, contextId: null, elapsedMs: null },
    });
    return { receiptId: id, videosDeleted, videosPending, entriesErased };
  }

  async #eraseOne(record: VideoRecord, options: CallOptions): Promise<boolean> {
    const personal = { fileName: '', custom: {}, erasing: true } as const;
    const marked = await this.#mark(record, personal);
    if (marked.status === 'deleted') return this.#blank(marked, options);
    try {
      const { record: after, moved } = await this.#reconciler.reconcile(marked, options);
      if (after.status !== 'deleted') return false;
      if (moved) await this.#transitions.completeOrLeave(after);
      return !(await this.#isThere(after, options));
    } catch (error) {
      // An outage: the record stays `deleting`, and the sweep goes on.
      if (isVideoStorageError(error)) return false;
      throw error;
    }
  }

  /** Marks it, and begins its delete unless that was begun. */
  async #mark(record: VideoRecord, personal: Pick<VideoRecord, 'fileName' | 'custom' | 'erasing'>) {
    const moved = await this.#transitions.move(record, { status: 'deleting', ...personal, dueInSeconds: 0 });
    if (moved.moved) await this.#transitions.writeHistory(moved.record);
    if (moved.moved || moved.record.erasing) return moved.record;
    return (await this.#records.update(moved.record.id, moved.record.version, personal)) ?? moved.record;
  }

  /** A record that was deleted before the person asked to be erased. */
  async #blank(record: VideoRecord, options: CallOptions): Promise<boolean> {
    if (await this.#isThere(record, options)) return false;
    const blank = { userId: '', submissionId: null, idempotencyKey: null } as const;
    return (await this.#records.update(record.id, record.version, blank)) !== undefined;
  }

  async #isThere(record: VideoRecord, options: CallOptions): Promise<boolean> {
    return record.videoId !== null && this.#storages.of(record).videoExists(record.videoId, options);
  }
}

import {
  type CallOptions,
  type Clock,
  ConfigurationError,
  isVideoStorageError,
  type ListOptions,
  type VideoPage,
  type VideoStorage,
} from '@videostorage/core';
import type { Reconciler } from './reconciler.ts';
import type { Storages } from './storages.ts';
import type { SweepItem, SweepTally } from './sweep-report.ts';
import type { Transitions } from './transitions.ts';
import type { VideoRecord } from './video-record.ts';
import type { VideoRecords } from './video-records.ts';

/** When a video is still without a record after this time, no record will follow. */
const ORPHAN_SECONDS = 24 * 60 * 60;
const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 500;
/** After this time a run begins no delete: a slow storage or hook must not delay the next sweep of the records. */
const BEGUN_WITHIN_MS = 150_000;

/**
 * The statuses of confirmed videos that may have bytes and are not being deleted. Each is listed separately: a database
 * finds the records of one status without reading all deleted ones.
 */
const RETAINED = ['processing', 'ready', 'failed'] as const;

/** A position in these lists. */
interface RetentionPlace {
  /** Index of the status. */
  readonly index: number;
  /** Cursor of the page. */
  readonly cursor: string | undefined;
}

/** Which storages a run examines: all, or those for which the run before has left something. */
export type ExaminedStorages = 'all' | 'unfinished';

/** What a run does to storages and to videos without a record. */
interface StorageMode {
  readonly dryRun: boolean;
  readonly deleteOrphans: boolean;
  readonly storages: ExaminedStorages;
}

/** Returns for how many days a video is kept after its upload, or `forever`. */
export type RetainFor = (record: VideoRecord) => number | 'forever';

/**
 * The part of a sweep that no record's `dueAt` plans: what storages hold unfinished, videos that no record has, and retention. Its
 * own cursors let each run examine the next part. A video that is not listed is not treated as absent.
 */
export class StorageSweep {
  readonly #storages: Storages;
  readonly #records: VideoRecords;
  readonly #reconciler: Reconciler;
  readonly #transitions: Transitions;
  readonly #retainFor: RetainFor | undefined;
  readonly #clock: Clock;
  /** Storages whose own sweep has more to do. */
  readonly #unfinished = new Set<string>();
  /** By storage: where its next listing begins; undefined at the beginning. */
  readonly #listCursors = new Map<string, string | undefined>();
  /** Where retention continues; undefined at the beginning. */
  #retention: RetentionPlace | undefined;

  constructor(
    parts: {
      storages: Storages;
      records: VideoRecords;
      reconciler: Reconciler;
      transitions: Transitions;
      clock: Clock;
    },
    retainFor: RetainFor | undefined,
  ) {
    this.#storages = parts.storages;
    this.#records = parts.records;
    this.#reconciler = parts.reconciler;
    this.#transitions = parts.transitions;
    this.#clock = parts.clock;
    this.#retainFor = retainFor;
  }

  /** Each storage's own `maintenance.sweep`, then its listing. */
  async examine(limit: number, mode: StorageMode, options: CallOptions, tally: SweepTally): Promise<void> {
    await this.#maintain(limit, mode, options, tally);
    await this.#findOrphans(limit, mode, options, tally);
  }

  async #maintain(
    limit: number,
    { dryRun, storages }: StorageMode,
    options: CallOptions,
    tally: SweepTally,
  ): Promise<void> {
    for (const storage of this.#storages.all) {
      const { backendName } = storage;
      if (storages === 'unfinished' && !this.#unfinished.has(backendName)) continue;
      // A storage that fails now waits for the next run that examines all storages.
      if (!dryRun) this.#unfinished.delete(backendName);
      await this.#guarded({ backendName }, options, tally, async () => {
        const swept = await storage.maintenance?.sweep({ ...options, limit, dryRun });
        if (swept === undefined) return;
        tally.examine(storage, swept.examined);
        tally.failures.push(...swept.failures);
        tally.release(storage, swept.bytesReleased);
        if (!swept.more) return;
        tally.more = true;
        if (!dryRun) this.#unfinished.add(backendName);
      });
    }
  }

  /** Counts videos at a storage that no record has; on request deletes those that are found a second time. */
  async #findOrphans(limit: number, mode: StorageMode, options: CallOptions, tally: SweepTally): Promise<void> {
    const cursors = mode.dryRun ? new Map(this.#listCursors) : this.#listCursors;
    for (const storage of this.#storages.all) {
      const { backendName } = storage;
      if (mode.storages === 'unfinished' && cursors.get(backendName) === undefined) continue;
      await this.#guarded({ backendName }, options, tally, async () => {
        for (let left = limit; left > 0; ) {
          options.signal?.throwIfAborted();
          const page = await this.#listed(storage, cursors, { ...options, limit: Math.min(PAGE, left) });
          const sizes = new Map(page.videos.map(({ videoId, sizeBytes }) => [videoId, sizeBytes ?? 0]));
          tally.counts.examined += sizes.size;
          if (sizes.size > 0) await this.#examineListed(storage, sizes, mode, options, tally);
          if (page.cursor === undefined) return;
          left -= Math.max(1, sizes.size);
        }
        tally.more = true;
      });
    }
  }

  /** The next page; a cursor that the storage refuses for good is dropped, and the next run starts from the beginning. */
  async #listed(
    storage: VideoStorage,
    cursors: Map<string, string | undefined>,
    options: ListOptions,
  ): Promise<VideoPage> {
    const { backendName } = storage;
    const cursor = cursors.get(backendName);
    try {
      const page = await storage.listVideos({ ...options, ...(cursor && { cursor }) });
      cursors.set(backendName, page.cursor);
      return page;
    } catch (error) {
      if (isVideoStorageError(error) && !error.retryable) cursors.delete(backendName);
      throw error;
    }
  }

  async #examineListed(
    storage: VideoStorage,
    sizes: ReadonlyMap<string, number>,
    { deleteOrphans, dryRun }: StorageMode,
    options: CallOptions,
    tally: SweepTally,
  ): Promise<void> {
    const unknown = await this.#records.unknownVideos(storage.backendName, [...sizes.keys()], { dryRun });
    tally.counts.orphansFound += unknown.length;
    for (const { videoId, knownForSeconds } of unknown) {
      if (!deleteOrphans || knownForSeconds < ORPHAN_SECONDS) continue;
      await this.#guarded({ videoId }, options, tally, async () => {
        if (!dryRun) {
          if (!(await storage.deleteVideo(videoId, options)).purged) return;
          await this.#records.forgetUnknownVideo(storage.backendName, videoId);
        }
        tally.counts.orphansDeleted += 1;
        tally.release(storage, sizes.get(videoId) ?? 0);
      });
    }
  }

  /** Begins the delete of videos that hold bytes and whose retention has ended, the oldest of each status first. */
  async retire(limit: number, dryRun: boolean, options: CallOptions, tally: SweepTally): Promise<void> {
    const retainFor = this.#retainFor;
    if (retainFor === undefined) return;
    const startedAtMs = this.#clock.now();
    let place = this.#retention;
    for (let left = limit; left > 0; ) {
      const { index = 0, cursor } = place ?? {};
      const statuses = RETAINED.slice(index, index + 1);
      const page = await this.#records.list({ statuses, order: 'oldest', limit: Math.min(PAGE, left), cursor });
      left -= page.cursor === undefined ? page.records.length : Math.max(1, page.records.length);
      for (const record of page.records) {
        // A refused upload has no bytes any more; a video that the provider could not process has some until its record is not due.
        if (record.uploadedAt === null) continue;
        options.signal?.throwIfAborted();
        if (this.#clock.now() - startedAtMs >= BEGUN_WITHIN_MS) {
          // The page is listed again, without those whose delete has begun.
          tally.more = true;
          return;
        }
        await this.#guarded({ videoId: record.id }, options, tally, async () => {
          if (!this.#isOver(record, retainFor(record))) return;
          if (!dryRun) return this.#delete(record, options, tally);
          tally.retire(record);
          if (!isGone(record)) tally.release(this.#storages.of(record), record.sizeBytes);
        });
      }
      place = placeAfter(index, page.cursor);
      if (!dryRun) this.#retention = place;
      if (place === undefined) return;
    }
    tally.more = true;
  }

  async #delete(record: VideoRecord, options: CallOptions, tally: SweepTally): Promise<void> {
    const begun = await this.#transitions.moveUnchanged(record, { status: 'deleting', dueInSeconds: 0 }, options);
    // The record has changed meanwhile, perhaps by a note to keep the video: a later run calls `retainFor` again.
    if (!begun.moved) return;
    tally.retire(record);
    await this.#transitions.writeHistory(begun.record);
    const { record: after, moved } = await this.#reconciler.reconcile(begun.record, options);
    if (!moved) return;
    tally.counts.deleted += 1;
    if (!after.retained && !isGone(record)) tally.release(this.#storages.of(record), record.sizeBytes);
    await this.#transitions.complete(after);
  }

  /** A host app written in JavaScript may return anything; only a number of days ends a retention. */
  #isOver({ uploadedAt, createdAt }: VideoRecord, days: unknown): boolean {
    if (days === 'forever') return false;
    if (typeof days !== 'number' || !(days >= 0)) {
      throw new ConfigurationError("VideoService: `retainFor` must return a number of days, 0 or more, or 'forever'.");
    }
    return this.#clock.now() - Date.parse(uploadedAt ?? createdAt) >= days * DAY_MS;
  }

  /** When one item or storage fails, this is reported and the others continue. */
  async #guarded(item: SweepItem, options: CallOptions, tally: SweepTally, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (options.signal?.aborted && error === options.signal.reason) throw error;
      tally.fail(item, error);
    }
  }
}

/** The position after a page of the status at `index`; undefined at the end of the last status. */
function placeAfter(index: number, cursor: string | undefined): RetentionPlace | undefined {
  if (cursor !== undefined) return { index, cursor };
  return index + 1 < RETAINED.length ? { index: index + 1, cursor } : undefined;
}

/** What the provider failed to process was deleted before, unless its record is still due. */
function isGone({ status, dueAt }: VideoRecord): boolean {
  return status === 'failed' && dueAt === null;
}

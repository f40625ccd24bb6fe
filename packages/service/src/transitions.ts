import {
  type Clock,
  describeError,
  type EventName,
  type Logger,
  StoreUnavailableError,
  VideoNotFoundError,
  type VideoStatus,
} from '@videostorage/core';
import type { Actor } from './actor.ts';
import type { EventLog } from './event-log.ts';
import { failedBytesEndMs } from './failed-bytes.ts';
import { type Asking, requestOf } from './request-of.ts';
import type { ServiceHooks } from './service-hooks.ts';
import type { Storages } from './storages.ts';
import type { VideoRecord, VideoRecordPatch } from './video-record.ts';
import type { RecordSchedule, VideoRecords } from './video-records.ts';
import { withinTime } from './within-time.ts';

/** A record's status never goes back to a lower rank. */
const RANKS: Readonly<Record<VideoStatus, number>> = {
  pending: 0,
  processing: 1,
  ready: 2,
  failed: 2,
  expired: 2,
  deleting: 3,
  deleted: 4,
};

/** A compare-and-set that meets only changes of other facts is tried again; a status changes at most four times. */
const MAX_TRIES = 10;

/** A call waits at most this long for history and hook: the host app's hook may take minutes, and is not stopped. */
const ANSWER_WAITS_MS = 10_000;

/** When a hook or a deletion that failed is tried again. */
const RETRY_SECONDS = 60;

/** The fields that still name a person after their video is deleted; until then the delete needs them. */
export const ERASED_PERSON = { userId: '', submissionId: null, idempotencyKey: null } as const;

/** A record after an attempt to change its status. */
export interface Moved {
  /** The record as it is now. */
  readonly record: VideoRecord;
  /** Whether this call made the transition and must complete it; of simultaneous calls only one does. */
  readonly moved: boolean;
}

/** The change of status that the caller requests. */
export type StatusPatch = VideoRecordPatch & { readonly status: VideoStatus };

/**
 * Changes records: one compare-and-set for each transition, then its lines of history, then the host app's hook. If a crash
 * interrupts these steps, `complete` does the rest later: it derives the missing history from the status, and the hook from
 * `notifiedAt`.
 */
export class Transitions {
  readonly #records: VideoRecords;
  readonly #events: EventLog;
  readonly #hooks: ServiceHooks;
  readonly #storages: Storages;
  readonly #logger: Logger;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;

  constructor(
    records: VideoRecords,
    events: EventLog,
    hooks: ServiceHooks,
    storages: Storages,
    logger: Logger,
    clock: Pick<Clock, 'now' | 'sleep'>,
  ) {
    this.#records = records;
    this.#events = events;
    this.#hooks = hooks;
    this.#storages = storages;
    this.#logger = logger;
    this.#clock = clock;
  }

  /**
   * Gives the record the status of the patch, unless it already has that or a later status. With `from`, only from that
   * status: it may have changed since the caller read it. A person who is to be erased is blanked when the delete completes,
   * whichever process completes it; if the mark is newer than the caller's record, the delete is not completed, and `moved`
   * is false.
   * @throws {VideoNotFoundError} the record is gone @throws {StoreUnavailableError} each attempt met another change
   */
  async move(record: VideoRecord, patch: StatusPatch, asking: Asking, from?: VideoStatus): Promise<Moved> {
    let current = record;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const isElsewhere = from !== undefined && current.status !== from;
      // The storage has not been queried yet whether the video is gone.
      const isUnproven = patch.status === 'deleted' && current.erasing && !record.erasing;
      if (isElsewhere || isUnproven || !mayMove(current.status, patch.status)) return { record: current, moved: false };
      const moved = await this.moveUnchanged(current, patch, asking);
      if (moved.moved) return moved;
      const found = await this.#records.get(record.id);
      if (found === undefined) throw new VideoNotFoundError();
      current = found;
    }
    // Throws instead of returning `moved: false`: a delete that is not recorded would be lost.
    throw new StoreUnavailableError('The record is being changed by others; please try again.');
  }

  /**
   * Like `move`, for a decision based on the record's facts: only while the record is as it was read. Otherwise `moved` is
   * false, and the passed record is returned.
   */
  async moveUnchanged(record: VideoRecord, patch: StatusPatch, asking: Asking): Promise<Moved> {
    const isErased = patch.status === 'deleted' && record.erasing;
    const facts = { ...patch, ...(isErased && ERASED_PERSON), ...endBeforeDelete(record, patch.status) };
    const changed = await this.#records.update(record.id, record.version, facts);
    if (changed === undefined) return { record, moved: false };
    this.#log(changed, asking);
    return { record: changed, moved: true };
  }

  /**
   * Writes the history entries that are missing for the record's current status, runs the hook if that is due and deletes
   * what the provider failed to process, and ends the record's schedule. May be repeated. If the status has changed meanwhile, this is
   * left to the call that changed it: the end must not be reported before the beginning, and a person who was erased meanwhile
   * must not be written down.
   * @throws what the hook or the storage throws; the record is then due again later
   */
  async complete({ id, statusVersion }: VideoRecord, by?: Actor): Promise<void> {
    const record = await this.#records.get(id);
    if (record?.statusVersion !== statusVersion) return;
    await this.writeHistory(record, by);
    if (!isFinal(record.status)) return;
    // Neither waits for the other: a storage or a host app may be down for long.
    const [notice, deletion] = await Promise.allSettled([this.#notify(record), this.#deleteFailed(record)]);
    const isNotified = notice.status === 'fulfilled';
    await this.schedule(record, {
      dueInSeconds: isNotified && deletion.status === 'fulfilled' ? deletion.value : RETRY_SECONDS,
      notified: isNotified && record.notifiedAt === null,
    });
    for (const each of [notice, deletion]) if (each.status === 'rejected') throw each.reason;
  }

  /**
   * Deletes a video that was confirmed and that the provider failed to process: it cannot be played, and counts towards no quota,
   * but the provider keeps it. Returns after how many seconds there is more to delete, null when it is gone.
   */
  async #deleteFailed(record: VideoRecord): Promise<number | null> {
    const endMs = failedBytesEndMs(record);
    if (endMs === undefined || record.videoId === null) return null;
    const waitMs = endMs - this.#clock.now();
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    const { purged } = await this.#storages.of(record).deleteVideo(record.videoId);
    return purged ? null : RETRY_SECONDS;
  }

  async #notify(record: VideoRecord): Promise<void> {
    const hook = this.#hookOf(record);
    if (hook === undefined || record.notifiedAt !== null) return;
    // Hooks may be methods of a class.
    const call = () => Reflect.apply(hook, this.#hooks, [record]);
    await withinTime(this.#clock, `The hook for a video with status ${record.status}`, call);
  }

  /**
   * Plans when a record is examined next, as long as its status is the same: also when its facts changed meanwhile, by the
   * examination itself or by a hook that renames the video.
   */
  async schedule({ id, version, statusVersion }: VideoRecord, planned: RecordSchedule): Promise<void> {
    if (await this.#records.schedule(id, version, planned)) return;
    const changed = await this.#records.get(id);
    if (changed?.statusVersion === statusVersion) await this.#records.schedule(id, changed.version, planned);
  }

  /**
   * Like `complete`, for callers whose own work is done: a failing hook, event log or storage is logged, and the sweep tries again.
   * Resolves after 10 seconds at the latest; work that has not ended by then continues.
   */
  async completeOrLeave(record: VideoRecord, asking: Asking, by?: Actor): Promise<void> {
    const ended = new AbortController();
    const late = this.#clock.sleep(ANSWER_WAITS_MS, ended.signal).catch(() => {
      // The wait was aborted because the work has ended.
    });
    await Promise.race([this.#orLeave(record, asking, () => this.complete(record, by)), late]);
    ended.abort();
  }

  /**
   * Like `writeHistory`, for an upload whose ticket is to be issued: the first examination of the sweep writes what is
   * missing.
   */
  async writeHistoryOrLeave(record: VideoRecord, asking: Asking): Promise<void> {
    await this.#orLeave(record, asking, () => this.writeHistory(record));
  }

  async #orLeave(record: VideoRecord, asking: Asking, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#logger.log('error', 'hook.failed', {
        ...{ videoId: record.id, backendName: record.backendName, operation: record.status },
        ...requestOf(asking),
        ...describeError(error),
      });
    }
  }

  /**
   * Writes the chained entries of the record's status, and before them earlier entries that a crash omitted; existing
   * entries are not added again. Entries of the status name the actor; earlier ones name the uploader. A delete without an
   * actor comes from retention, or its actor is no longer known: its entry names nobody.
   */
  async writeHistory(record: VideoRecord, by?: Actor): Promise<void> {
    const uploader = { userId: record.erasing ? '' : record.userId, roles: [] };
    for (const event of pastOf(record)) await this.#append(record, event, uploader);
    for (const event of historyOf(record))
      await this.#append(record, event, by ?? (isDelete(event) ? NOBODY : uploader));
  }

  async #append({ id, contextId, errorCode }: VideoRecord, event: EventName, by: Actor): Promise<void> {
    const isFailure = event === 'upload.failed' || event === 'video.failed';
    await this.#events.append({
      ...{ recordId: id, occurrence: 1, event, outcome: isFailure ? 'failed' : 'ok', contextId },
      ...{ userId: by.userId || null, role: by.roles[0] ?? null },
      ...{ errorCode: isFailure ? errorCode : null, elapsedMs: null },
    });
  }

  #hookOf({ status, uploadedAt }: VideoRecord): ((record: VideoRecord) => Promise<void>) | undefined {
    if (status === 'ready') return this.#hooks.onVideoReady;
    if (status === 'failed') return this.#hooks.onVideoFailed;
    // An upload that expired, or was deleted before its confirm, was never a video.
    return uploadedAt === null ? undefined : this.#hooks.onVideoDeleted;
  }

  #log(record: VideoRecord, asking: Asking): void {
    const event = historyOf(record).at(-1);
    // An abort is one event: it was logged when it began.
    const isEndOfAbort = record.status === 'deleted' && event === 'upload.aborted';
    if (event === undefined || isEndOfAbort) return;
    const { id: videoId, backendName, sizeBytes, durationSeconds, errorCode, errorMessage } = record;
    const isFailed = record.status === 'failed';
    this.#logger.log(isFailed ? 'warn' : 'info', event, {
      ...{ videoId, backendName, sizeBytes },
      ...requestOf(asking),
      ...(record.userId !== '' && { userId: record.userId }),
      ...(record.contextId !== null && { contextId: record.contextId }),
      ...(durationSeconds !== null && { durationSeconds }),
      ...(isFailed && errorCode !== null && { code: errorCode }),
      ...(isFailed && errorMessage !== null && { message: errorMessage }),
    });
  }
}

/** Whether it is the name of a status. */
export function isStatus(value: unknown): value is VideoStatus {
  return typeof value === 'string' && Object.hasOwn(RANKS, value);
}

const NOBODY: Actor = { userId: '', roles: [] };

function isDelete(event: EventName): boolean {
  return event === 'video.delete_requested' || event === 'video.deleted';
}

/** Whether nothing is left to do except the hook, and the delete of what the provider failed to process: the sweep does both. */
export function isFinal(status: VideoStatus): boolean {
  return RANKS[status] === 2 || status === 'deleted';
}

/** Whether one status may follow another: ranks only grow, and what was confirmed does not expire. */
function mayMove(from: VideoStatus, to: VideoStatus): boolean {
  if (to === 'expired') return from === 'pending';
  return RANKS[to] > RANKS[from];
}

/**
 * The error fields that a delete keeps, to distinguish it from an abort: none for an upload that was still open, whatever
 * its last inspection could not determine; the reason of a failed one; `UPLOAD_EXPIRED` of an expired one.
 */
function endBeforeDelete({ status }: VideoRecord, to: VideoStatus): VideoRecordPatch {
  if (to !== 'deleting') return {};
  if (status === 'pending') return { errorCode: null, errorMessage: null };
  return status === 'expired' ? { errorCode: EXPIRED } : {};
}

const EXPIRED = 'UPLOAD_EXPIRED';

/** The events that lead to a status, in their order, except the request. */
function historyOf({ status, uploadedAt, errorCode }: VideoRecord): readonly EventName[] {
  const wasConfirmed = uploadedAt !== null;
  const isAborted = !wasConfirmed && errorCode === null;
  switch (status) {
    case 'pending':
      return [];
    case 'processing':
      return ['upload.confirmed'];
    case 'ready':
      return ['upload.confirmed', 'video.ready'];
    case 'failed':
      return wasConfirmed ? ['upload.confirmed', 'video.failed'] : ['upload.failed'];
    case 'expired':
      return ['upload.expired'];
    case 'deleting':
      return isAborted ? ['upload.aborted'] : ['video.delete_requested'];
    case 'deleted':
      return isAborted ? ['upload.aborted'] : ['video.delete_requested', 'video.deleted'];
  }
}

/**
 * The events that must have happened before, as far as the record shows, in their order. Without a `videoId`, no ticket was
 * issued.
 */
function pastOf(record: VideoRecord): readonly EventName[] {
  const { status, videoId } = record;
  if (videoId === null) return [];
  const isDeleted = status === 'deleting' || status === 'deleted';
  return isDeleted ? ['upload.requested', ...pastOfDelete(record)] : ['upload.requested'];
}

function pastOfDelete({ uploadedAt, errorCode }: VideoRecord): readonly EventName[] {
  if (uploadedAt !== null) return ['upload.confirmed'];
  if (errorCode === null) return [];
  return [errorCode === EXPIRED ? 'upload.expired' : 'upload.failed'];
}

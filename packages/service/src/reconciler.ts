import {
  type AnyVideoStorageError,
  type CallOptions,
  type Clock,
  ContentUnverifiableError,
  type Deletion,
  isVideoStorageError,
  NotUploadedError,
  type VideoMetadata,
  type VideoStorage,
} from '@videostorage/core';
import { observedFacts } from './observed-facts.ts';
import { referenceEndMs } from './reference-end.ts';
import type { Storages } from './storages.ts';
import type { Moved, Transitions } from './transitions.ts';
import type { VideoRecord } from './video-record.ts';
import type { VideoRecords } from './video-records.ts';
import { withMembers } from './with-members.ts';
import { withinTime } from './within-time.ts';

/** Clears the fields that only an open upload has. */
const CLOSED = { uploadReference: null, ticket: null } as const;

/**
 * What causes the examination. `scheduled`: the sweep, at least a minute after the last one. `unscheduled`: a confirm,
 * webhook or delete, at any time.
 */
export type Occasion = 'scheduled' | 'unscheduled';

/** Returns whether content that could not be determined is accepted for this record. */
export type AcceptUnverified = (record: VideoRecord) => boolean | Promise<boolean>;

/**
 * Compares a record with the state at its storage, and updates the record. Confirm, webhook and sweep all call `reconcile`,
 * so any order, repetition or loss of them leads to the same result. An outage changes nothing and is thrown.
 */
export class Reconciler {
  readonly #storages: Storages;
  readonly #records: VideoRecords;
  readonly #transitions: Transitions;
  readonly #acceptUnverified: AcceptUnverified;
  readonly #clock: Clock;

  constructor(
    storages: Storages,
    records: VideoRecords,
    transitions: Transitions,
    acceptUnverified: AcceptUnverified,
    clock: Clock,
  ) {
    this.#storages = storages;
    this.#records = records;
    this.#transitions = transitions;
    this.#acceptUnverified = acceptUnverified;
    this.#clock = clock;
  }

  /**
   * The record afterwards, also when its content was refused; the caller whose call changed the status completes the
   * transition.
   * @throws {NotUploadedError} nothing, or not everything, has arrived yet
   * @throws {ContentUnverifiableError} @throws {BackendError} @throws {TimeoutError}
   */
  async reconcile(record: VideoRecord, options: CallOptions, occasion: Occasion = 'unscheduled'): Promise<Moved> {
    if (record.status === 'pending') return this.#reconcilePending(record, options);
    if (record.status === 'processing') return this.#reconcileProcessing(record, options, occasion);
    return record.status === 'deleting' ? this.#finishDelete(record, options) : { record, moved: false };
  }

  /**
   * Continues a delete; the record stays `deleting` until no grant opens the video any more. An upload that was never
   * confirmed is aborted, and also deleted if a confirm was faster.
   */
  async #finishDelete(record: VideoRecord, options: CallOptions): Promise<Moved> {
    const { purged, retained = false } = await this.#deleteAt(record, options);
    if (!purged) return { record, moved: false };
    const deleted = { status: 'deleted', ...CLOSED, retained, dueInSeconds: 0 } as const;
    const ended = await this.#transitions.move(record, deleted, options);
    // Marked for erasure during the delete, which has therefore not been verified. The mark stays, so this happens once.
    return ended.record.status === 'deleting' ? this.#finishDelete(ended.record, options) : ended;
  }

  async #deleteAt(record: VideoRecord, options: CallOptions): Promise<Deletion> {
    const { videoId } = record;
    if (videoId === null) return { purged: true };
    const storage = this.#storages.of(record);
    const isVideo = await this.#abort(storage, record, videoId, options);
    if (!isVideo) return { purged: true };
    const deletion = await storage.deleteVideo(videoId, options);
    // After the person is blanked, a video that still exists could no longer be found.
    const isUnproven = deletion.purged && record.erasing && (await storage.videoExists(videoId, options));
    return isUnproven ? { purged: false } : deletion;
  }

  async #reconcilePending(record: VideoRecord, options: CallOptions): Promise<Moved> {
    const { uploadReference, videoId } = record;
    if (uploadReference === null || videoId === null) throw new NotUploadedError();
    try {
      return await this.#apply(record, await this.#confirm(record, uploadReference, options), options);
    } catch (error) {
      if (!isVideoStorageError(error)) throw error;
      if (error.code === 'CONTENT_MISMATCH') {
        const { code: errorCode, message: errorMessage } = error.failure;
        const refused = { errorCode, errorMessage, dueInSeconds: 0 };
        return this.#transitions.move(record, { status: 'failed', ...CLOSED, ...refused }, options);
      }
      const isOver = this.#clock.now() > referenceEndMs(record);
      // A reference that the storage does not recognise may be signed with a secret that was removed too early: wait until
      // it expires.
      const isEnded = error.code === 'UPLOAD_EXPIRED' || (error.code === 'VIDEO_NOT_FOUND' && isOver);
      if (isEnded) return this.#release(record, videoId, options);
      await this.#noteLook(record, error);
      throw error;
    }
  }

  /** Records how the last inspection ended when it was inconclusive: what happens when the upload expires depends on it. */
  async #noteLook({ id, version, errorCode: noted }: VideoRecord, error: AnyVideoStorageError): Promise<void> {
    const { code: errorCode, message: errorMessage } = error;
    const isUndetermined = isUndeterminedContent(errorCode);
    if (isUndetermined && noted !== errorCode) await this.#records.update(id, version, { errorCode, errorMessage });
    // An inspection that timed out, perhaps in an outage, says nothing about the content; that nothing has arrived does.
    if (errorCode === 'NOT_UPLOADED' && noted !== null) {
      await this.#records.update(id, version, { errorCode: null, errorMessage: null });
    }
  }

  async #confirm(record: VideoRecord, uploadReference: string, options: CallOptions): Promise<VideoMetadata> {
    const storage = this.#storages.of(record);
    const { userId } = record;
    try {
      return await storage.confirmUpload(uploadReference, withMembers(options, { userId }));
    } catch (error) {
      const code = isVideoStorageError(error) ? error.code : undefined;
      // Too slow once may be an outage; the second time the content counts as undetermined.
      const isTooSlow = code === 'TIMEOUT' && record.errorCode === code;
      const isOpen = code === 'CONTENT_UNVERIFIABLE' || isTooSlow;
      if (!isOpen || !(await this.#isAccepted(record))) throw error;
      return storage.confirmUpload(uploadReference, withMembers(options, { userId, acceptUnverified: true }));
    }
  }

  /** A host app written in JavaScript may return anything; only `true` accepts. */
  async #isAccepted(record: VideoRecord): Promise<boolean> {
    const answer: unknown = await withinTime(this.#clock, '`acceptUnverified`', () => this.#acceptUnverified(record));
    return answer === true;
  }

  /** The reference has expired: if there is a video nevertheless, it is adopted; everything else is released. */
  async #release(record: VideoRecord, videoId: string, options: CallOptions): Promise<Moved> {
    const storage = this.#storages.of(record);
    if (await this.#abort(storage, record, videoId, options)) {
      return this.#apply(record, await storage.getVideoMetadata(videoId, options), options);
    }
    if (!isUndeterminedContent(record.errorCode)) {
      return this.#transitions.move(record, { status: 'expired', ...CLOSED, dueInSeconds: 0 }, options);
    }
    const { code: errorCode, message } = new ContentUnverifiableError();
    const errorMessage = record.errorCode === errorCode ? record.errorMessage : message;
    const undetermined = { errorCode, errorMessage, dueInSeconds: 0 };
    return this.#transitions.move(record, { status: 'failed', ...CLOSED, ...undetermined }, options);
  }

  /** Aborts the upload if it is still open; true when it is a confirmed video. */
  async #abort(
    storage: VideoStorage,
    { uploadReference, userId }: VideoRecord,
    videoId: string,
    options: CallOptions,
  ): Promise<boolean> {
    if (uploadReference === null) return true;
    try {
      await storage.abortUpload(uploadReference, withMembers(options, { userId }));
    } catch (error) {
      // Signed with a secret that was removed meanwhile: the storage's own sweep releases the upload.
      if (!isVideoStorageError(error) || error.code !== 'VIDEO_NOT_FOUND') throw error;
    }
    return storage.videoExists(videoId, options);
  }

  async #reconcileProcessing(record: VideoRecord, options: CallOptions, occasion: Occasion): Promise<Moved> {
    const storage = this.#storages.of(record);
    const errorCode = 'VIDEO_NOT_FOUND';
    try {
      const after = await this.#apply(record, await storage.getVideoMetadata(record.videoId ?? '', options), options);
      if (after.moved || after.record.errorCode !== errorCode) return after;
      // The video was found, so an earlier absence no longer counts.
      const seen = await this.#records.update(record.id, record.version, { errorCode: null, errorMessage: null });
      return { record: seen ?? record, moved: false };
    } catch (error) {
      if (!isVideoStorageError(error) || error.code !== errorCode) throw error;
      // It was deleted at the provider. Two absences in a row, apart in time, are needed, since a provider's copies may lag
      // behind; webhooks come within milliseconds, so the sweep alone counts them.
      if (occasion === 'unscheduled') return { record, moved: false };
      const errorMessage = 'The video is no longer at the storage.';
      if (record.errorCode === errorCode) {
        const absent = { errorCode, errorMessage, dueInSeconds: 0 };
        // Only if no other process has found the video meanwhile.
        return this.#transitions.moveUnchanged(record, { status: 'failed', ...CLOSED, ...absent }, options);
      }
      const noted = await this.#records.update(record.id, record.version, { errorCode, errorMessage });
      return { record: noted ?? record, moved: false };
    }
  }

  async #apply(record: VideoRecord, video: VideoMetadata, options: CallOptions): Promise<Moved> {
    const { status, failure } = video;
    if (status === 'failed') {
      const errorCode = failure?.code ?? 'UNKNOWN';
      const errorMessage = failure?.message ?? null;
      const failed = { status, errorCode, errorMessage, dueInSeconds: 0 };
      return this.#transitions.move(record, { ...this.#observed(record, video), ...failed }, options);
    }
    if (status !== 'ready' && status !== 'processing') throw new NotUploadedError();
    const dueInSeconds = status === 'ready' ? 0 : 60;
    const patch = { ...this.#observed(record, video), status, dueInSeconds, errorCode: null, errorMessage: null };
    return this.#transitions.move(record, patch, options);
  }

  #observed(record: VideoRecord, video: VideoMetadata) {
    return {
      ...CLOSED,
      sizeBytes: video.sizeBytes ?? record.sizeBytes,
      mimeType: video.mimeType ?? record.mimeType,
      ...observedFacts(video, record),
      codec: video.codec ?? record.codec,
      revision: video.revision ?? record.revision,
      uploadedAt: record.uploadedAt ?? video.uploadedAt ?? new Date(this.#clock.now()).toISOString(),
    };
  }
}

/** The codes of inconclusive inspections: too slow, or undetermined. Neither proves a mismatch. */
function isUndeterminedContent(code: string | null): boolean {
  return code === 'TIMEOUT' || code === 'CONTENT_UNVERIFIABLE';
}

import { type Clock, ContentUnverifiableError, TimeoutError, toTimestamp } from '@videostorage/core';
import type { Leftover, StoredKey } from './object-store.ts';
import { randomId } from './random-id.ts';
import { findVideoKeys } from './remove-video.ts';
import { isDeletionKey, uploadIdOfKey } from './store-keys.ts';
import type { StoreSteps } from './store-steps.ts';
import type { SweepReport } from './sweep-report.ts';
import type { UploadClaim } from './upload-claim.ts';
import type { UploadConfirmation } from './upload-confirmation.ts';
import { UploadDocuments } from './upload-documents.ts';
import { handleOfClaim, removeUpload } from './upload-removal.ts';
import type { VideoDeletion } from './video-deletion.ts';
import { type DeletedRecord, isUndone, type UndoneRecord } from './video-record.ts';

/** Tickets live at most 24 h and references 24 h longer: what is older belongs to nobody. */
const OLD_MS = 48 * 60 * 60 * 1000;
/** A confirm that is still at work is not helped: it needs less than this. */
const STALE_MS = 15 * 60 * 1000;

/** What one run works with. */
export interface SweepTools {
  /** The store in the call of the run. */
  readonly steps: StoreSteps;
  /** Brings confirms to their end. */
  readonly confirmation: UploadConfirmation;
  /** Brings deletes to their end. */
  readonly deletion: VideoDeletion;
  /** Compared with the store's times over hours, so that a few minutes of difference do not matter. */
  readonly clock: Clock;
  /** Count, change nothing. */
  readonly dryRun: boolean;
  /** When the run must end, by the clock. */
  readonly endsAtMs: number;
}

/** The work of the sweep on one item of each kind. Two runs at once do the same things twice, which is harmless. */
export class SweepRun {
  readonly #tools: SweepTools;
  readonly #documents: UploadDocuments;
  readonly #report: SweepReport;

  constructor(tools: SweepTools, report: SweepReport) {
    this.#tools = tools;
    this.#documents = new UploadDocuments(tools.steps);
    this.#report = report;
  }

  /** A claim without a decision is a confirm that ended half-way, or content that could not be determined. */
  async sweepClaim({ key, modifiedAtMs }: StoredKey): Promise<void> {
    const uploadId = uploadIdOfKey(key);
    if (isDeletionKey(key)) return this.#sweepOldDocument(key, modifiedAtMs);
    if (uploadId === undefined) return;
    if (this.#ageMs(modifiedAtMs) < STALE_MS) return;
    const record = await this.#documents.readRecord(uploadId);
    // A confirm that began before the video was ready may still read the claim; after two days none does.
    if (record?.state === 'ready') return this.#sweepOldDocument(key, modifiedAtMs);
    // What was decided otherwise goes with its record.
    if (record !== undefined) return;
    const claim = await this.#documents.readClaim(uploadId);
    if (claim === undefined) return;
    const isOver = this.#ageMs(Date.parse(claim.declared.validUntil)) >= 0;
    if (this.#isOld(modifiedAtMs) && isOver) return this.#giveUp(claim);
    await this.#finishConfirm(claim);
  }

  /** Bytes of uploads that were never confirmed, and copies that crashed confirms did not discard. */
  async sweepLeftover(leftover: Leftover): Promise<void> {
    if (!this.#isOld(leftover.modifiedAtMs)) return;
    if (!this.#tools.dryRun) await this.#tools.steps.removeLeftover(leftover);
    this.#report.released += 1;
    this.#report.bytesReleased += leftover.sizeBytes ?? 0;
  }

  /** A decision after which no bytes may stay is finished, and removed when no reference is left that it answers. */
  async sweepRecord({ key, modifiedAtMs }: StoredKey): Promise<void> {
    const uploadId = uploadIdOfKey(key);
    if (uploadId === undefined) return;
    const record = await this.#documents.readRecord(uploadId);
    if (record === undefined || record.state === 'ready') return;
    const isOld = this.#isOld(modifiedAtMs);
    const isFinished =
      record.state === 'deleted'
        ? await this.#finishDeletion(uploadId, record)
        : await this.#finishUndone(uploadId, record, isOld);
    if (!isFinished || !isOld) return;
    this.#report.released += 1;
    if (this.#tools.dryRun) return;
    await this.#documents.removeClaim(uploadId);
    await this.#documents.removeDeletion(uploadId, record.purgeId);
    // Last: while it stands, the id cannot live again.
    await this.#documents.removeRecord(uploadId);
  }

  async #sweepOldDocument(key: string, modifiedAtMs: number): Promise<void> {
    if (!this.#isOld(modifiedAtMs)) return;
    if (!this.#tools.dryRun) await this.#tools.steps.removeDocument(key);
    this.#report.released += 1;
  }

  async #giveUp(claim: UploadClaim): Promise<void> {
    const { uploadId, videoId } = claim.declared;
    this.#report.released += 1;
    if (this.#tools.dryRun) return;
    const decidedAt = toTimestamp(this.#tools.clock.now());
    const aborted = { version: 1, state: 'aborted', videoId, decidedAt, purgeId: randomId() } as const;
    const standing = await this.#documents.decide(uploadId, aborted);
    if (isUndone(standing)) await removeUpload(this.#tools.steps, standing, handleOfClaim(claim));
  }

  async #finishConfirm(claim: UploadClaim): Promise<void> {
    if (this.#tools.dryRun) {
      this.#report.finished += 1;
      return;
    }
    const { endsAtMs } = this.#tools;
    try {
      const decided = await this.#tools.confirmation.decide(claim, { acceptUnverified: false, endsAtMs });
      if (decided !== undefined) this.#report.finished += 1;
    } catch (error) {
      // Undetermined: the bytes stay until the reference ends, in case that the server accepts them.
      const isUndetermined = error instanceof ContentUnverifiableError || error instanceof TimeoutError;
      if (!isUndetermined || this.#tools.steps.call.signal.aborted) throw error;
    }
  }

  /** @returns whether nothing is left of it */
  async #finishDeletion(uploadId: string, { videoId, purgeId }: DeletedRecord): Promise<boolean> {
    const { steps, deletion, dryRun } = this.#tools;
    const isComplete = (await this.#documents.readDeletion(uploadId, purgeId)) !== undefined;
    if (isComplete && (await findVideoKeys(steps, videoId)).length === 0) return true;
    const [deleted] = dryRun ? [{ purged: true }] : await deletion.run([videoId], true);
    if (deleted?.purged !== true) return false;
    this.#report.finished += 1;
    return true;
  }

  /** @returns true: what is left of it is asked for at once */
  async #finishUndone(uploadId: string, record: UndoneRecord, isLast: boolean): Promise<boolean> {
    const { steps, dryRun } = this.#tools;
    const { videoId } = record;
    const stood = dryRun
      ? (await findVideoKeys(steps, videoId)).length > 0
      : await removeUpload(steps, record, { uploadId, videoId }, isLast);
    if (stood) this.#report.finished += 1;
    return true;
  }

  #isOld(atMs: number): boolean {
    return this.#ageMs(atMs) >= OLD_MS;
  }

  #ageMs(atMs: number): number {
    return this.#tools.clock.now() - atMs;
  }
}

import {
  type Clock,
  ContentUnverifiableError,
  randomId,
  TimeoutError,
  toTimestamp,
  UNCONFIRMABLE_AFTER_MS,
} from '@videostorage/core';
import type { Leftover, StoredKey } from './object-store.ts';
import { findVideoKeys, freeAllVersions } from './remove-video.ts';
import { deletionOfKey, uploadIdOfKey } from './store-keys.ts';
import type { StoreSteps } from './store-steps.ts';
import type { SweepReport } from './sweep-report.ts';
import type { UploadClaim } from './upload-claim.ts';
import type { UploadConfirmation } from './upload-confirmation.ts';
import { UploadDocuments } from './upload-documents.ts';
import { handleOfClaim, removeUpload } from './upload-removal.ts';
import type { VideoDeletion } from './video-deletion.ts';
import { type DeletedRecord, isUndone, type UndoneRecord } from './video-record.ts';

/** A running confirm takes less than this, and must not be disturbed. */
const STALE_MS = 15 * 60 * 1000;
/**
 * A record is kept so much longer than any reference is valid, since the clocks of the host apps and of the store may differ by
 * this. If it were removed sooner, a reference could bring back a deleted video.
 */
const CLOCK_DIFFERENCE_MS = 60 * 60 * 1000;

/** Collaborators of one run. */
export interface SweepTools {
  /** The store in the call of the run. */
  readonly steps: StoreSteps;
  /** Finishes confirms. */
  readonly confirmation: UploadConfirmation;
  /** Finishes deletes. */
  readonly deletion: VideoDeletion;
  /** Compared with the store's times. */
  readonly clock: Clock;
  /** Whether to count without changing anything. */
  readonly dryRun: boolean;
  /** The deadline of the run. Milliseconds since the epoch. */
  readonly endsAtMs: number;
}

/** The sweep's work on one item of each kind. Two runs at once do the same work twice, which is harmless. */
export class SweepRun {
  readonly #tools: SweepTools;
  readonly #documents: UploadDocuments;
  readonly #report: SweepReport;

  constructor(tools: SweepTools, report: SweepReport) {
    this.#tools = tools;
    this.#documents = new UploadDocuments(tools.steps);
    this.#report = report;
  }

  /** A claim without a decision belongs to a confirm that was interrupted, or to content that could not be determined. */
  async sweepClaim({ key, modifiedAtMs }: StoredKey): Promise<void> {
    const deletion = deletionOfKey(key);
    if (deletion !== undefined) return this.#sweepDeletion(key, modifiedAtMs, deletion);
    const uploadId = uploadIdOfKey(key);
    if (uploadId === undefined) return;
    if (this.#ageMs(modifiedAtMs) < STALE_MS) return;
    const record = await this.#documents.readRecord(uploadId);
    // A confirm that began before the video was ready may still read the claim, but none does after two days.
    if (record?.state === 'ready') return this.#sweepOldDocument(key, modifiedAtMs);
    // With any other decision, the claim is removed together with its record.
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

  /** Finishes a decision after which no bytes may remain; removes the record when no valid reference to the upload is left. */
  async sweepRecord({ key, modifiedAtMs }: StoredKey): Promise<void> {
    const uploadId = uploadIdOfKey(key);
    if (uploadId === undefined) return;
    const record = await this.#documents.readRecord(uploadId);
    if (record === undefined || record.state === 'ready') return;
    const isOld = this.#ageMs(modifiedAtMs) >= UNCONFIRMABLE_AFTER_MS + CLOCK_DIFFERENCE_MS;
    const isFinished =
      record.state === 'deleted'
        ? await this.#finishDeletion(uploadId, record, isOld)
        : await this.#finishUndone(uploadId, record, isOld);
    if (!isFinished || !isOld) return;
    if (!this.#tools.dryRun) {
      await this.#documents.removeClaim(uploadId);
      await this.#documents.removeDeletion(uploadId, record.purgeId);
      // Last: as long as the record exists, the id cannot be used again.
      await this.#documents.removeRecord(uploadId);
    }
    this.#report.released += 1;
  }

  /**
   * The document is removed together with its record, since with the record alone that deletion would be done again. It is
   * removed alone when there is no such record any more.
   */
  async #sweepDeletion(
    key: string,
    modifiedAtMs: number,
    { uploadId, purgeId }: { readonly uploadId: string; readonly purgeId: string },
  ): Promise<void> {
    if (!this.#isOld(modifiedAtMs)) return;
    const record = await this.#documents.readRecord(uploadId);
    if (record?.state === 'deleted' && record.purgeId === purgeId) return;
    await this.#sweepOldDocument(key, modifiedAtMs);
  }

  async #sweepOldDocument(key: string, modifiedAtMs: number): Promise<void> {
    if (!this.#isOld(modifiedAtMs)) return;
    if (!this.#tools.dryRun) await this.#tools.steps.removeDocument(key);
    this.#report.released += 1;
  }

  async #giveUp(claim: UploadClaim): Promise<void> {
    const { uploadId, videoId } = claim.declared;
    if (!this.#tools.dryRun) {
      const decidedAt = toTimestamp(this.#tools.clock.now());
      const aborted = { version: 1, state: 'aborted', videoId, decidedAt, purgeId: randomId() } as const;
      const standing = await this.#documents.decide(uploadId, aborted);
      // Another process has published or deleted it meanwhile.
      if (!isUndone(standing)) return;
      await removeUpload(this.#tools.steps, standing, handleOfClaim(claim));
    }
    this.#report.released += 1;
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
      // The bytes stay until the reference ends, because the host app may still accept them unverified.
      const isUndetermined = error instanceof ContentUnverifiableError || error instanceof TimeoutError;
      if (!isUndetermined || this.#tools.steps.call.signal.aborted) throw error;
    }
  }

  /** @returns whether nothing of the video is left */
  async #finishDeletion(uploadId: string, { videoId, purgeId }: DeletedRecord, isLast: boolean): Promise<boolean> {
    const { steps, deletion, dryRun } = this.#tools;
    const isComplete = (await this.#documents.readDeletion(uploadId, purgeId)) !== undefined;
    if (isComplete && (await findVideoKeys(steps, videoId)).length === 0) {
      // A process that died may have hidden keys after the delete was complete: their versions would be stored for good.
      if (isLast && !dryRun) await freeAllVersions(steps, videoId);
      return true;
    }
    const [deleted] = dryRun ? [{ purged: true }] : await deletion.run([videoId], { recheck: true });
    if (deleted?.purged !== true) return false;
    this.#report.finished += 1;
    return true;
  }

  /** @returns true: nothing of it stays pending */
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
    return this.#ageMs(atMs) >= UNCONFIRMABLE_AFTER_MS;
  }

  #ageMs(atMs: number): number {
    return this.#tools.clock.now() - atMs;
  }
}

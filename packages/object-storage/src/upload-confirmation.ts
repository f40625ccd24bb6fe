import {
  type Clock,
  ContentMismatchError,
  isVideoStorageError,
  randomId,
  toTimestamp,
  type UploadClaims,
  VideoNotFoundError,
} from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';
import type { ContentInspector, Inspection, ObservedContent } from './content-inspector.ts';
import type { DeclaredUpload } from './object-store.ts';
import type { StoreSteps } from './store-steps.ts';
import type { UploadClaim } from './upload-claim.ts';
import { UploadDocuments } from './upload-documents.ts';
import { discardUpload, handleOfClaim, removeUpload } from './upload-removal.ts';
import { parseUploadState } from './upload-state.ts';
import { VideoDeletion } from './video-deletion.ts';
import type { ReadyRecord, VideoRecord } from './video-record.ts';

/** How a confirm is to be made. */
export interface ConfirmationSettings {
  /** Whether to publish content that could not be determined, with the facts that are known. */
  readonly acceptUnverified: boolean;
  /** The deadline of the call. Milliseconds since the epoch. */
  readonly endsAtMs: number;
}

/** The declared upload, in the form that dialects need to find it. */
export function toDeclaredUpload(claims: UploadClaims): DeclaredUpload {
  const { uploadId, videoId, sizeBytes, mimeType } = claims;
  const { state } = parseUploadState(claims.state);
  return { uploadId, videoId, sizeBytes, mimeType, ...(state !== undefined && { state }) };
}

/**
 * Elects a source, inspects it, places it, and decides. After the election several confirms may do the rest at once, and any of
 * them, or the sweep, may finish it: one record decides, and all follow it.
 */
export class UploadConfirmation {
  readonly #steps: StoreSteps;
  readonly #documents: UploadDocuments;
  readonly #inspector: ContentInspector;
  readonly #clock: Clock;

  constructor(steps: StoreSteps, inspector: ContentInspector, clock: Clock) {
    this.#steps = steps;
    this.#documents = new UploadDocuments(steps);
    this.#inspector = inspector;
    this.#clock = clock;
  }

  /**
   * @returns the record of the video; undefined when nothing, or not everything, has arrived
   * @throws {ContentMismatchError} {TimeoutError} {ContentUnverifiableError}
   * @throws {VideoNotFoundError} cancelled, deleted, or another user's upload of the same id
   */
  async confirm(claims: UploadClaims, settings: ConfirmationSettings): Promise<ReadyRecord | undefined> {
    const { uploadId } = claims;
    const decided = await this.#documents.readRecord(uploadId);
    if (decided !== undefined) return this.#follow(decided, claims);
    const claim = (await this.#documents.readClaim(uploadId)) ?? (await this.#elect(claims));
    if (claim !== undefined) refuseOthers(claim.declared, claims);
    const record = claim && (await this.decide(claim, settings));
    // A faster confirm may have published and discarded the upload before this one looked for it.
    const standing = record ?? (await this.#documents.readRecord(uploadId));
    return standing && this.#follow(standing, claims, record !== undefined);
  }

  /**
   * Inspects the elected source, places it and decides; removes bytes that are not ready.
   * @returns the decision that stands; undefined when the source is gone and nothing is decided
   * @throws {TimeoutError} {ContentUnverifiableError} could not be determined: nothing is decided, and the bytes stay
   */
  async decide(claim: UploadClaim, settings: ConfirmationSettings): Promise<VideoRecord | undefined> {
    const { uploadId } = claim.declared;
    const reader = await this.#open(claim);
    const inspection = reader && (await this.#inspect(reader, claim, settings));
    const undetermined = inspection?.outcome === 'undetermined' && !settings.acceptUnverified ? inspection : undefined;
    const mayStand = inspection !== undefined && undetermined === undefined;
    const standing =
      mayStand && (await this.#stands(inspection, claim))
        ? await this.#documents.decide(uploadId, this.#decision(inspection, claim))
        : await this.#documents.readRecord(uploadId);
    // Another confirm may have decided although this one could not determine the content.
    if (standing === undefined && undetermined !== undefined) throw undetermined.error;
    if (standing?.state === 'ready') await this.#discard(claim);
    else if (standing !== undefined) await this.#remove(standing, claim);
    return standing;
  }

  async #elect(declared: UploadClaims): Promise<UploadClaim | undefined> {
    const upload = toDeclaredUpload(declared);
    const taken = await this.#steps.takeSource(upload);
    // A faster confirm may have elected and completed the parts since this one read the claim.
    if (taken === undefined) return this.#documents.readClaim(declared.uploadId);
    const claimedAt = toTimestamp(this.#clock.now());
    const standing = await this.#documents.electClaim({ version: 1, ...taken, declared, claimedAt });
    if (standing.source.id !== taken.source.id) {
      await leftToTheSweep(() => this.#steps.discardSource(upload, taken.source));
    }
    return standing;
  }

  async #open(claim: UploadClaim): Promise<RangeReader | undefined> {
    const { declared, source } = claim;
    if (source.kind === 'copy') return this.#steps.openSource(handleOfClaim(claim), source);
    return (await this.#place(claim)) ? this.#steps.openVideo(declared.videoId) : undefined;
  }

  /**
   * Whether the final key holds the bytes, as far as the outcome needs it: copies are placed after the inspection, parts before
   * it, and a refused copy is not placed.
   */
  async #stands(inspection: Inspection, claim: UploadClaim): Promise<boolean> {
    return inspection.outcome === 'mismatch' || claim.source.kind === 'parts' || this.#place(claim);
  }

  #place(claim: UploadClaim): Promise<boolean> {
    return this.#steps.placeSource(toDeclaredUpload(claim.declared), claim.source);
  }

  /** @returns undefined: the source is gone, and a decision stands */
  async #inspect(
    reader: RangeReader,
    claim: UploadClaim,
    settings: ConfirmationSettings,
  ): Promise<Inspection | undefined> {
    const { declared } = claim;
    try {
      return await this.#inspector.inspect(reader, declared, settings.endsAtMs, this.#steps.call.signal);
    } catch (error) {
      // A faster confirm has discarded the source while this one read it.
      const isOfStore = isVideoStorageError(error) && error.code.startsWith('BACKEND_');
      const isDecided = isOfStore && (await this.#documents.readRecord(declared.uploadId)) !== undefined;
      if (isDecided) return undefined;
      throw error;
    }
  }

  #decision(inspection: Inspection, claim: UploadClaim): VideoRecord {
    const decidedAt = toTimestamp(this.#clock.now());
    const { videoId, userId } = claim.declared;
    if (inspection.outcome !== 'mismatch') return toReadyRecord(inspection.content, claim, decidedAt);
    const { failure } = inspection;
    return { version: 1, videoId, decidedAt, state: 'rejected', userId, failure, purgeId: randomId() };
  }

  /** @param isClean whether the refused bytes have just been removed */
  async #follow(record: VideoRecord, claims: UploadClaims, isClean = false): Promise<ReadyRecord> {
    if (record.state === 'aborted' || record.state === 'deleted') throw new VideoNotFoundError();
    refuseOthers(record, claims);
    if (record.state === 'ready') return record;
    if (!isClean) await removeUpload(this.#steps.forCleanUp(), record, toDeclaredUpload(claims));
    throw new ContentMismatchError(record.failure);
  }

  /** A confirm that may have placed bytes removes them when another decision stands, however late it is. */
  async #remove(standing: Exclude<VideoRecord, ReadyRecord>, claim: UploadClaim): Promise<void> {
    const steps = this.#steps.forCleanUp();
    if (standing.state !== 'deleted') {
      await removeUpload(steps, standing, handleOfClaim(claim));
      return;
    }
    await new VideoDeletion(steps, this.#clock).run([standing.videoId], { recheck: true });
    await discardUpload(steps, handleOfClaim(claim), claim);
  }

  /** Completed parts no longer exist, so only a copy is discarded. */
  async #discard(claim: UploadClaim): Promise<void> {
    if (claim.source.kind === 'parts') return;
    const steps = this.#steps.forCleanUp();
    await leftToTheSweep(() => discardUpload(steps, handleOfClaim(claim), claim));
  }
}

/** The owner of an upload id: one upload of one user. For all others the id does not exist. */
type Owned = Pick<UploadClaims, 'userId' | 'videoId'>;

/** Whether the claim or record of an upload id belongs to another upload than this reference. */
export function isOthers(standing: Owned, claims: Owned): boolean {
  return standing.userId !== claims.userId || standing.videoId !== claims.videoId;
}

function refuseOthers(standing: Owned, claims: Owned): void {
  if (isOthers(standing, claims)) throw new VideoNotFoundError();
}

/** Bytes that could not be discarded only take space, so the confirm succeeds; the sweep frees them later. */
async function leftToTheSweep(discard: () => Promise<void>): Promise<void> {
  try {
    await discard();
  } catch (error) {
    if (!isVideoStorageError(error)) throw error;
  }
}

function toReadyRecord(content: ObservedContent, claim: UploadClaim, decidedAt: string): ReadyRecord {
  const { videoId, userId, contextId, state } = claim.declared;
  const { createdAt, fileName, custom } = parseUploadState(state);
  return {
    ...{ version: 1, state: 'ready', videoId, decidedAt, revision: claim.attempt, createdAt, userId, fileName },
    ...(contextId !== undefined && { contextId }),
    ...(custom !== undefined && { custom }),
    ...content,
  };
}

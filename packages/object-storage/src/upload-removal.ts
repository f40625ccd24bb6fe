import type { UploadHandle } from './object-store.ts';
import { randomId } from './random-id.ts';
import { freeAllVersions, hideVideo } from './remove-video.ts';
import type { StoreSteps } from './store-steps.ts';
import type { UploadClaim } from './upload-claim.ts';
import { UploadDocuments } from './upload-documents.ts';
import { parseUploadState } from './upload-state.ts';
import type { UndoneRecord } from './video-record.ts';

/** What names the upload of a claim. */
export function handleOfClaim(claim: UploadClaim): UploadHandle {
  const { uploadId, videoId, state: signed } = claim.declared;
  const { state } = parseUploadState(signed);
  return { uploadId, videoId, ...(state !== undefined && { state }) };
}

/**
 * Removes the bytes of an upload that was refused or cancelled, after that was decided: hides what stands at its final key,
 * purges the edge of it, discards source and upload, frees versions. Every step may be repeated.
 * @param handle what the caller's reference names, beside what the claim does
 * @param isLast no confirm can be at work any more: a purge of its own covers whatever was played before
 * @returns whether bytes stood at the final key
 */
export async function removeUpload(
  steps: StoreSteps,
  record: UndoneRecord,
  handle: UploadHandle,
  isLast = false,
): Promise<boolean> {
  const { videoId } = record;
  const claim = await new UploadDocuments(steps).readClaim(handle.uploadId);
  const hidden = await hideVideo(steps, videoId);
  if (claim !== undefined || hidden > 0) {
    // What is found again was placed after the first purge was asked for, which need not cover it.
    const purgeId = hidden > 0 || isLast ? randomId() : record.purgeId;
    await steps.purge([{ videoId, purgeId }]);
  }
  await discardUpload(steps, handle, claim);
  if (claim !== undefined || hidden > 0) await freeAllVersions(steps, videoId);
  return hidden > 0;
}

/** Discards what was sent and what was elected of it. */
export async function discardUpload(
  steps: StoreSteps,
  handle: UploadHandle,
  claim: UploadClaim | undefined,
): Promise<void> {
  if (claim !== undefined) {
    const elected = handleOfClaim(claim);
    await steps.discardSource(elected, claim.source);
    if (elected.state !== handle.state) await steps.discardUpload(elected);
  }
  await steps.discardUpload(handle);
}

import { randomId } from '@videostorage/core';
import type { UploadHandle } from './object-store.ts';
import { freeAllVersions, hideVideo } from './remove-video.ts';
import type { StoreSteps } from './store-steps.ts';
import type { UploadClaim } from './upload-claim.ts';
import { UploadDocuments } from './upload-documents.ts';
import { parseUploadState } from './upload-state.ts';
import type { UndoneRecord } from './video-record.ts';

/** The handle of the upload that a claim elected. */
export function handleOfClaim(claim: UploadClaim): UploadHandle {
  const { uploadId, videoId, state: signed } = claim.declared;
  const { state } = parseUploadState(signed);
  return { uploadId, videoId, ...(state !== undefined && { state }) };
}

/**
 * Removes the bytes of an upload after the decision to refuse or cancel it: hides its final key, purges the edge, discards source
 * and upload, frees versions. Every step may be repeated.
 * @param handle the upload of the caller's reference, which the claim need not name
 * @param isLast no confirm can be running any more: a new purge covers everything that was played before
 * @returns whether there were bytes at the final key
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
    // Bytes found now may have been placed after the first purge began, which then does not cover them.
    const purgeId = hidden > 0 || isLast ? randomId() : record.purgeId;
    await steps.purge([{ videoId, purgeId }]);
  }
  await discardUpload(steps, handle, claim);
  if (claim !== undefined || hidden > 0) await freeAllVersions(steps, videoId);
  return hidden > 0;
}

/** Discards what was sent, and the source that was elected from it. */
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

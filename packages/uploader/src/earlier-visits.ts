import { isVideoStorageError } from '@videostorage/core';
import { isFinalRefusal } from './confirm-upload.ts';
import type { RememberedUpload } from './memory/remembered-uploads.ts';
import { withUploadLock } from './page/upload-locks.ts';
import { releaseUpload } from './release-upload.ts';
import type { UploadContext } from './upload-context.ts';
import type { ResumableUpload } from './uploader.ts';

/**
 * Uploads that can continue according to the host app, without those `inThisPage`. One whose state it fails to return is
 * left out, and does not hide the others. @throws when it fails for all of them
 */
export async function listResumable(
  { memory, transport }: UploadContext,
  inThisPage: ReadonlySet<string | undefined>,
): Promise<readonly ResumableUpload[]> {
  const open = memory.list().flatMap(({ uploadReference, pending, ...upload }) => {
    const isElsewhere = uploadReference === undefined || pending !== undefined || inThisPage.has(uploadReference);
    return isElsewhere ? [] : [{ ...upload, uploadReference }];
  });
  const asked = open.map(async (upload): Promise<readonly ResumableUpload[]> => {
    const { uploadReference, fileName, sizeBytes, contextId } = upload;
    try {
      const { status, ticket } = await transport.getUpload(uploadReference, {});
      if (status === 'pending' && ticket !== undefined) {
        return [{ uploadReference, fileName, sizeBytes, ...(contextId !== undefined && { contextId }) }];
      }
      // The entry of an upload that became a video stays, so that its file is not sent again when it is chosen again.
      if (status !== 'processing' && status !== 'ready') memory.forget(upload.idempotencyKey);
      return [];
    } catch (error) {
      if (!isVideoStorageError(error)) throw error;
      if (error.code === 'UPLOAD_EXPIRED') memory.forget(upload.idempotencyKey);
      // One that is not found may be another user's, so it stays remembered for them.
      if (error.code === 'UPLOAD_EXPIRED' || error.code === 'VIDEO_NOT_FOUND') return [];
      throw error;
    }
  });
  const answers = await Promise.allSettled(asked);
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed !== undefined && answers.every(({ status }) => status === 'rejected')) throw failed.reason;
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}

/** Releases one of them. @throws {ConflictError} it is being sent now */
export async function discardUpload(uploadReference: string, context: UploadContext): Promise<void> {
  const upload = context.memory.list().find((each) => each.uploadReference === uploadReference);
  if (upload === undefined) return;
  await withUploadLock(upload.idempotencyKey, upload.fileName, () => releaseUpload(upload, context), context.clock);
}

/** Sends pending confirms and releases; returns how many confirms made a video. Failed ones stay remembered. */
export async function completePending(context: UploadContext): Promise<number> {
  const pending = context.memory.list().filter((upload) => upload.pending !== undefined);
  const outcomes = await Promise.all(
    pending.map(async (upload) => {
      try {
        return await withUploadLock(
          upload.idempotencyKey,
          upload.fileName,
          () => complete(upload, context),
          context.clock,
        );
      } catch (error) {
        // Another tab does it, or the host app cannot be reached or refuses: the next visit tries again.
        if (isVideoStorageError(error)) return false;
        throw error;
      }
    }),
  );
  return outcomes.filter(Boolean).length;
}

/** True when a confirm made a video. */
async function complete(upload: RememberedUpload, context: UploadContext): Promise<boolean> {
  const { transport, memory } = context;
  const { uploadReference, idempotencyKey } = upload;
  if (upload.pending === 'release' || uploadReference === undefined) {
    await releaseUpload(upload, context);
    return false;
  }
  try {
    await transport.confirmUpload(uploadReference, {}, {});
    memory.forget(idempotencyKey);
    return true;
  } catch (error) {
    if (isFinalRefusal(error)) memory.forget(idempotencyKey);
    // Bytes are missing after all: it continues when its file is chosen again.
    const { pending: _, ...unsent } = upload;
    if (isVideoStorageError(error) && error.code === 'NOT_UPLOADED') memory.keep(unsent);
    throw error;
  }
}

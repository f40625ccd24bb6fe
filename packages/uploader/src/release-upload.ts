import { isVideoStorageError } from '@videostorage/core';
import { BackOff } from './back-off.ts';
import type { RememberedUpload } from './memory/remembered-uploads.ts';
import type { UploadContext } from './upload-context.ts';

const MAX_TRIES = 3;

/**
 * Releases an upload at the host app. Where that cannot be reached it stays remembered, for `resumeConfirms` at another visit.
 * @throws the host app's refusal
 */
export async function releaseUpload(
  upload: RememberedUpload,
  { transport, memory, clock, connection }: Pick<UploadContext, 'transport' | 'memory' | 'clock' | 'connection'>,
): Promise<void> {
  const { idempotencyKey, uploadReference } = upload;
  if (uploadReference === undefined) {
    // No ticket was received: the host app's sweep removes its record, if there is one.
    memory.forget(idempotencyKey);
    return;
  }
  memory.keep({ ...upload, pending: 'release' });
  const backOff = new BackOff(clock);
  const { signal } = new AbortController();
  for (let tries = 0; tries < MAX_TRIES && connection.isOnline; tries++) {
    try {
      await transport.abortUpload(uploadReference, {});
      memory.forget(idempotencyKey);
      return;
    } catch (error) {
      // The upload is gone or another user's: it stays remembered for that user until it expires.
      if (isVideoStorageError(error) && error.code === 'VIDEO_NOT_FOUND') return;
      await backOff.wait(error, signal);
    }
  }
}

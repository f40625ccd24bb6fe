import { ContentMismatchError, type ErrorCode, isVideoStorageError, type VideoMetadata } from '@videostorage/core';
import type { UploadContext } from './upload-context.ts';

/**
 * Refusals of a confirm after which the upload cannot become a video. Not `VIDEO_NOT_FOUND`: on a shared computer it may be
 * another user's, who confirms it at their next visit.
 */
const FINAL: ReadonlySet<ErrorCode> = new Set(['CONTENT_MISMATCH', 'CONTENT_UNVERIFIABLE', 'UPLOAD_EXPIRED']);

/** Whether a confirm was refused for good. */
export function isFinalRefusal(error: unknown): boolean {
  return isVideoStorageError(error) && FINAL.has(error.code);
}

/** The wait doubles, since encoding takes from seconds to an hour. */
const FIRST_POLL_MS = 1000;
const LAST_POLL_MS = 15_000;

/**
 * Polls a video until it is ready. Does not give up: the host app decides when a video has failed.
 * @throws {ContentMismatchError} the provider could not process it
 */
export async function waitUntilReady(
  confirmed: VideoMetadata,
  { transport, clock }: Pick<UploadContext, 'transport' | 'clock'>,
  persist: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>,
  signal: AbortSignal,
  onVideo: (video: VideoMetadata) => void,
): Promise<VideoMetadata> {
  let video = confirmed;
  for (let waitMs = FIRST_POLL_MS; video.status !== 'ready'; waitMs = Math.min(LAST_POLL_MS, waitMs * 2)) {
    if (video.status !== 'processing' && video.status !== 'pending') {
      const { failure } = video;
      throw new ContentMismatchError(failure ?? { code: 'UNKNOWN', message: 'The video could not be processed.' });
    }
    onVideo(video);
    await clock.sleep(waitMs, signal);
    video = await persist((either) => transport.getVideo(confirmed.videoId, { signal: either }));
  }
  return video;
}

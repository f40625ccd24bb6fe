import type { VideoFailure } from '@videostorage/core';
import { referenceEndMs } from './reference-end.ts';
import type { VideoRecord } from './video-record.ts';

/** Reasons of a provider that say nothing about the content. */
const UNDETERMINED: ReadonlySet<string | null> = new Set<VideoFailure['code']>(['UNKNOWN', 'FETCH_FAILED']);

/**
 * When the bytes of a video may be deleted that was confirmed and that the provider failed to process, in milliseconds since
 * the epoch: at once when the failure proves that the content is not as declared, otherwise when the reference has ended
 * (contract 4). Undefined when there is nothing to delete: the storage itself deletes bytes that it refuses, and what the
 * provider no longer has needs no delete, which would be wrong if it was found again.
 */
export function failedBytesEndMs(record: VideoRecord): number | undefined {
  const { status, videoId, uploadedAt, errorCode, maxDurationSeconds } = record;
  if (status !== 'failed' || videoId === null || uploadedAt === null || errorCode === 'VIDEO_NOT_FOUND')
    return undefined;
  // A limit that the request did not set is a default, which proves nothing.
  const isOfDefault = errorCode === 'DURATION_EXCEEDED' && maxDurationSeconds === null;
  const isUndetermined = isOfDefault || UNDETERMINED.has(errorCode);
  return isUndetermined ? referenceEndMs(record) : 0;
}

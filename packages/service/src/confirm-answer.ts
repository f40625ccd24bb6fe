import {
  ContentMismatchError,
  ContentUnverifiableError,
  UploadExpiredError,
  type VideoMetadata,
  VideoNotFoundError,
} from '@videostorage/core';
import { toFailure, toVideoMetadata } from './to-video-metadata.ts';
import type { VideoRecord } from './video-record.ts';

/**
 * What a confirm returns or throws for a record; it depends only on the record, so repeated confirms get the same answer.
 * @throws {ContentMismatchError} @throws {ContentUnverifiableError} @throws {UploadExpiredError} @throws {VideoNotFoundError}
 */
export function confirmAnswer(record: VideoRecord): VideoMetadata {
  switch (record.status) {
    case 'processing':
    case 'ready':
      return toVideoMetadata(record);
    case 'failed':
      if (record.errorCode === 'CONTENT_UNVERIFIABLE') throw new ContentUnverifiableError();
      throw new ContentMismatchError(toFailure(record));
    case 'expired':
      throw new UploadExpiredError();
    default:
      throw new VideoNotFoundError();
  }
}

import type { VideoFailure, VideoStatus } from '@videostorage/core';

/**
 * Their word for where a video stands, as ours: `downloading`, `queued`, `inprogress` and `live-inprogress` are all work in
 * progress, and so is what they may add one day, until it is known.
 */
export function toVideoStatus(state: string): VideoStatus {
  switch (state) {
    case 'pendingupload':
      return 'pending';
    case 'ready':
      return 'ready';
    case 'error':
      return 'failed';
    default:
      return 'processing';
  }
}

/** Their reason for an error, as ours. */
export function toVideoFailure(errorReasonCode: string | undefined): VideoFailure {
  switch (errorReasonCode) {
    case 'ERR_NON_VIDEO':
      return { code: 'NOT_A_VIDEO', message: 'The file is not a video that can be played.' };
    case 'ERR_DURATION_EXCEED_CONSTRAINT':
      return { code: 'DURATION_EXCEEDED', message: 'The video is longer than is allowed.' };
    case 'ERR_DURATION_TOO_SHORT':
      return { code: 'DURATION_TOO_SHORT', message: 'The video is too short to be played.' };
    case 'ERR_MALFORMED_VIDEO':
      return { code: 'MALFORMED', message: 'The file is damaged.' };
    case 'ERR_FETCH_ORIGIN_ERROR':
      return { code: 'FETCH_FAILED', message: 'The file could not be fetched.' };
    default:
      return { code: 'UNKNOWN', message: 'The video could not be processed.' };
  }
}

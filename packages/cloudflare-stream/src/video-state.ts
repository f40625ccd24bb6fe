import type { VideoFailure, VideoStatus } from '@videostorage/core';

/**
 * Translates Cloudflare's state of a video: `downloading`, `queued`, `inprogress` and `live-inprogress` all mean that work is
 * in progress, and so does any state that is not known here.
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

/** Translates Cloudflare's reason for an error. */
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

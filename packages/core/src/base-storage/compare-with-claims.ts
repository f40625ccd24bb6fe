import type { VideoFailure, VideoMetadata } from '../contract/video-metadata.ts';
import type { UploadClaims } from '../reference/upload-claims.ts';
import { compatibleMimeTypes } from '../validation/media-types.ts';

/** Containers round play time to frames and audio packets, so a video of exactly the limit may measure a little more. */
const DURATION_TOLERANCE_SECONDS = 1;

/** In what the storage's truth differs from the promise; undefined when it is kept. What the storage cannot tell counts as kept. */
export function compareWithClaims(video: VideoMetadata, claims: UploadClaims): VideoFailure | undefined {
  if (video.status === 'failed') {
    return video.failure ?? { code: 'UNKNOWN', message: 'The storage could not process the file.' };
  }
  if (video.sizeBytes !== undefined && video.sizeBytes !== claims.sizeBytes) {
    return {
      code: 'SIZE_MISMATCH',
      message: `The file has ${video.sizeBytes} bytes; ${claims.sizeBytes} were announced.`,
    };
  }
  if (video.mimeType !== undefined && !compatibleMimeTypes(video.mimeType, claims.mimeType)) {
    return { code: 'TYPE_MISMATCH', message: `The file is not of the announced type ${claims.mimeType}.` };
  }
  const limit = claims.maxDurationSeconds;
  if (limit !== undefined && (video.durationSeconds ?? 0) > limit + DURATION_TOLERANCE_SECONDS) {
    return { code: 'DURATION_EXCEEDED', message: `The video is longer than the ${limit} seconds that are allowed.` };
  }
  return undefined;
}

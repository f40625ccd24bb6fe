import { compatibleMimeTypes, type VideoFailure } from '@videostorage/core';
import type { ProbedNotVideo, ProbedVideo } from '@videostorage/media';
import type { UploadRecord } from './upload-record.ts';

/** Containers round play time to frames and audio packets, so a video of exactly the limit may measure a little more. */
const DURATION_TOLERANCE_SECONDS = 1;

/**
 * In what the file is not what was promised; undefined when it is. Judged before a video is published, so that nothing is ever
 * served that the comparison after it would remove.
 */
export function judgeFacts(facts: ProbedVideo | ProbedNotVideo, promised: UploadRecord): VideoFailure | undefined {
  if (facts.outcome === 'not-a-video') return facts.failure;
  if (!compatibleMimeTypes(facts.mimeType, promised.mimeType)) {
    return { code: 'TYPE_MISMATCH', message: `The file is not of the announced type ${promised.mimeType}.` };
  }
  const limit = promised.maxDurationSeconds;
  if (facts.durationSeconds === undefined) {
    return { code: 'MALFORMED', message: 'The file does not say how long the video is.' };
  }
  if (facts.durationSeconds > limit + DURATION_TOLERANCE_SECONDS) {
    return { code: 'DURATION_EXCEEDED', message: `The video is longer than the ${limit} seconds that are allowed.` };
  }
  return undefined;
}

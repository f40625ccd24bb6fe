import type { VideoMetadata } from '@videostorage/core';
import type { VideoRecord } from './video-record.ts';

/** Longer than any video. */
export const MAX_DURATION_SECONDS: number = 366 * 24 * 60 * 60;
/** Largest integer of a column. */
const MAX_PIXELS = 2 ** 31 - 1;

/** What a storage says of the picture and its time. */
type ObservedFacts = Pick<VideoMetadata, 'durationSeconds' | 'widthPixels' | 'heightPixels'>;

/**
 * The facts that a record keeps, as far as they can be those of a video; else those of before. A file says of itself what its author
 * wrote there: a million years would use up every sum of seconds, and be a number that no database reads again.
 */
export function observedFacts(
  { durationSeconds, widthPixels, heightPixels }: ObservedFacts,
  before: Pick<VideoRecord, keyof ObservedFacts>,
): Pick<VideoRecord, keyof ObservedFacts> {
  const isTime = durationSeconds !== undefined && durationSeconds >= 0 && durationSeconds <= MAX_DURATION_SECONDS;
  return {
    durationSeconds: isTime ? durationSeconds : before.durationSeconds,
    widthPixels: isCount(widthPixels) ? widthPixels : before.widthPixels,
    heightPixels: isCount(heightPixels) ? heightPixels : before.heightPixels,
  };
}

function isCount(pixels: number | undefined): pixels is number {
  return pixels !== undefined && Number.isInteger(pixels) && pixels >= 0 && pixels <= MAX_PIXELS;
}

import type { VideoMetadata } from '@videostorage/core';
import type { VideoRecord } from './video-record.ts';

/** Longer than any video. */
export const MAX_DURATION_SECONDS: number = 366 * 24 * 60 * 60;
/** Largest value of an integer column. */
const MAX_PIXELS = 2 ** 31 - 1;

/** What a storage reports about the picture and the duration. */
type ObservedFacts = Pick<VideoMetadata, 'durationSeconds' | 'widthPixels' | 'heightPixels'>;

/**
 * The facts for the record: observed values that a video can have, otherwise the previous ones. A file's author can write
 * any value into it: a duration of a million years would overflow every sum of seconds, and not fit a database column.
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

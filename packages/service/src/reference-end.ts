import type { VideoRecord } from './video-record.ts';

/** References are valid a day longer than tickets; one hour is added for clocks that differ. */
const ENDED_AFTER_MS = 25 * 60 * 60 * 1000;

/** When the reference of an upload has certainly ended, in milliseconds since the epoch: afterwards it confirms nothing. */
export function referenceEndMs({ expiresAt }: Pick<VideoRecord, 'expiresAt'>): number {
  return Date.parse(expiresAt) + ENDED_AFTER_MS;
}

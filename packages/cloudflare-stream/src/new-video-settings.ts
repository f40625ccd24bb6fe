import { toTimestamp } from '@videostorage/core';
import type { ParsedStreamOptions } from './parsed-stream-options.ts';
import type { ProviderTime } from './provider-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_DELETION_DAYS = 1096;

/** Settings of the storage that every new video gets. */
export interface NewVideoSettings {
  readonly requireSignedUrls: boolean;
  readonly allowedHosts: readonly string[];
  readonly thumbnailTimestampPct?: number | undefined;
  readonly watermarkUid?: string | undefined;
  /** RFC 3339, by Cloudflare's clock. */
  readonly scheduledDeletion?: string | undefined;
}

/** The storage's settings for a video that begins now. */
export function newVideoSettings(options: ParsedStreamOptions, time: Pick<ProviderTime, 'now'>): NewVideoSettings {
  const { requireSignedUrls, allowedHosts, thumbnailTimestampPct, watermarkUid, scheduledDeletionDays } = options;
  const scheduledDeletion =
    scheduledDeletionDays === undefined ? undefined : toTimestamp(time.now() + deletionDelayMs(scheduledDeletionDays));
  return { requireSignedUrls, allowedHosts, thumbnailTimestampPct, watermarkUid, scheduledDeletion };
}

/** The same as JSON of the API, which decides about absent settings. */
export function newVideoBody(settings: NewVideoSettings): object {
  const { requireSignedUrls, allowedHosts, thumbnailTimestampPct, watermarkUid, scheduledDeletion } = settings;
  return {
    requireSignedURLs: requireSignedUrls,
    ...(allowedHosts.length > 0 && { allowedOrigins: allowedHosts }),
    ...(thumbnailTimestampPct !== undefined && { thumbnailTimestampPct }),
    ...(watermarkUid !== undefined && { watermark: { uid: watermarkUid } }),
    ...(scheduledDeletion !== undefined && { scheduledDeletion }),
  };
}

/**
 * Cloudflare accepts 30 to 1 096 days by its own clock. The result keeps an hour's distance from both ends, since our clock may
 * be wrong.
 */
function deletionDelayMs(days: number): number {
  return Math.min(days * DAY_MS + HOUR_MS, MAX_DELETION_DAYS * DAY_MS - HOUR_MS);
}

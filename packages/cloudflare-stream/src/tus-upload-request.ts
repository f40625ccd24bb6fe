import { stringifyUploadMetadata } from '@videostorage/core';
import type { NewVideoSettings } from './new-video-settings.ts';
import type { StreamMeta } from './video-meta.ts';

/** The values of a tus creation. No text of a client chooses a key. */
export interface TusUploadRequest extends NewVideoSettings {
  readonly sizeBytes: number;
  readonly creator: string;
  readonly maxDurationSeconds: number;
  /** RFC 3339. */
  readonly expiry: string;
  readonly meta: StreamMeta;
}

/** `Upload-Metadata` of a closed set of keys; a misspelt one would silently make a video public (Cloudflare Stream, "Resumable uploads"). */
export function stringifyTusMetadata(request: TusUploadRequest): string {
  const { meta } = request;
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['name', meta.name],
    ['maxDurationSeconds', String(request.maxDurationSeconds)],
    ['expiry', request.expiry],
    // Its presence is the flag, whatever its value.
    ['requiresignedurls', request.requireSignedUrls ? '' : undefined],
    // Documented as an array of strings; what Cloudflare stored is read back.
    ['allowedorigins', request.allowedHosts.length > 0 ? JSON.stringify(request.allowedHosts) : undefined],
    ['thumbnailtimestamppct', request.thumbnailTimestampPct?.toString()],
    ['watermark', request.watermarkUid],
    ['scheduleddeletion', request.scheduledDeletion],
    ['uploadId', meta.uploadId],
    ['attempt', meta.attempt],
    ['contextId', meta.contextId],
    ['custom', meta.custom],
  ];
  return stringifyUploadMetadata(
    new Map(pairs.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))),
  );
}

import { badRequest } from './stream-refusal.ts';
import type { VideoSettings } from './video.ts';
import { deletionOf, fractionOf, maxDurationOf, originsOf, timeOf } from './video-settings.ts';

/**
 * Reads a tus `Upload-Metadata` header. Names of settings are taken in any case; every other name silently becomes
 * `meta.<name>`, a misspelt one too. `requiresignedurls` counts by its presence, whatever its value says.
 * @throws {StreamRefusal} when it is malformed
 */
export function readUploadMetadata(header: string, uploadedAtMs: number): Partial<VideoSettings> {
  const meta: Record<string, string> = {};
  const parts = pairsOf(header).map(([key, value]): Partial<VideoSettings> => {
    switch (key.toLowerCase()) {
      case 'requiresignedurls':
        return { requireSignedURLs: true };
      case 'maxdurationseconds':
        return { maxDurationSeconds: maxDurationOf(Number(value)) };
      case 'expiry':
        return { uploadExpiryMs: timeOf('expiry', value) };
      case 'allowedorigins':
        return { allowedOrigins: originsOf(value.split(',').map((host) => host.trim())) };
      case 'thumbnailtimestamppct':
        return { thumbnailTimestampPct: fractionOf(value === '' ? undefined : Number(value)) };
      case 'scheduleddeletion':
        return { scheduledDeletionMs: deletionOf(value, uploadedAtMs) };
      case 'watermark':
        return { watermarkUid: value };
      default:
        meta[key] = value;
        return {};
    }
  });
  return Object.assign({ meta }, ...parts) as Partial<VideoSettings>;
}

function pairsOf(header: string): readonly (readonly [string, string])[] {
  if (header.trim() === '') return [];
  return header.split(',').map((pair) => {
    const [key = '', encoded = '', ...rest] = pair.trim().split(' ');
    if (key === '' || rest.length > 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded))
      throw badRequest('Upload-Metadata must be pairs of a key and a base64 value.');
    return [key, Buffer.from(encoded, 'base64').toString('utf8')] as const;
  });
}

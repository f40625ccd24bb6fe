import { badRequest } from './stream-refusal.ts';
import type { VideoSettings } from './video.ts';
import { deletionOf, fractionOf, maxDurationOf, originsOf, timeOf } from './video-settings.ts';

/** Behaviour of `Upload-Metadata` that the service does not document. */
export interface MetadataRules {
  /** Settings in lower case that become members of `meta`. */
  readonly keysNotTaken: readonly string[];
  /** Whether members of `meta` keep their case. */
  readonly metaKeys: 'as-sent' | 'lower-case';
}

/**
 * Reads a tus `Upload-Metadata` header. Names of settings are accepted in any case; every other name silently becomes
 * `meta.<name>`, a misspelt one too. `requiresignedurls` counts by its presence, whatever its value is.
 * @throws {StreamRefusal} when it is malformed
 */
export function readUploadMetadata(header: string, uploadedAtMs: number, rules: MetadataRules): Partial<VideoSettings> {
  const meta: Record<string, string> = {};
  const parts = pairsOf(header).map(([key, value]): Partial<VideoSettings> => {
    const name = key.toLowerCase();
    switch (rules.keysNotTaken.includes(name) ? '' : name) {
      case 'requiresignedurls':
        return { requireSignedURLs: true };
      case 'maxdurationseconds':
        return { maxDurationSeconds: maxDurationOf(Number(value)) };
      case 'expiry':
        return { uploadExpiryMs: timeOf('expiry', value) };
      case 'allowedorigins':
        return { allowedOrigins: originsOf(originsIn(value)) };
      case 'thumbnailtimestamppct':
        return { thumbnailTimestampPct: fractionOf(value === '' ? undefined : Number(value)) };
      case 'scheduleddeletion':
        return { scheduledDeletionMs: deletionOf(value, uploadedAtMs) };
      case 'watermark':
        return { watermarkUid: value };
      default:
        meta[rules.metaKeys === 'lower-case' ? name : key] = value;
        return {};
    }
  });
  return Object.assign({ meta }, ...parts) as Partial<VideoSettings>;
}

/** Documented as an array of strings; other clients send a list with commas, which is accepted too. */
function originsIn(value: string): readonly unknown[] {
  if (!value.startsWith('[')) return value.split(',').map((host) => host.trim());
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : [parsed];
  } catch {
    throw badRequest('allowedorigins must be an array of strings.');
  }
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

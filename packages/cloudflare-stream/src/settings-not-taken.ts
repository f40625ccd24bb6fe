import type { NewVideoSettings } from './new-video-settings.ts';
import type { VideoDetails } from './video-details.ts';
import { metaText, type StreamMeta } from './video-meta.ts';

/** The settings that a new video should have. */
export interface AskedVideo extends NewVideoSettings {
  readonly creator: string;
  readonly meta: StreamMeta;
  /** Reserved at creation; absent for copies, which reserve nothing. */
  readonly maxDurationSeconds?: number | undefined;
}

/** A setting that the video does not have, and the API's JSON that sets it; undefined where no edit can. */
export interface MissingSetting {
  /** The name of the host app's option. */
  readonly name: string;
  readonly edit?: Readonly<Record<string, unknown>> | undefined;
}

/** Cloudflare may round times to seconds, and fractions to 32-bit numbers. */
const TIME_TOLERANCE_MS = 1000;
const FRACTION_TOLERANCE = 0.001;

/**
 * Every requested setting that a video, read back, does not have. A key of `Upload-Metadata` that Cloudflare does not know
 * silently becomes a member of `meta`: the video would then be public, or have no day of deletion.
 */
export function settingsNotTaken(details: VideoDetails, asked: AskedVideo): readonly MissingSetting[] {
  const { requireSignedUrls, allowedHosts, thumbnailTimestampPct, watermarkUid, scheduledDeletion } = asked;
  const checks: readonly (readonly [isTaken: boolean, name: string, edit: MissingSetting['edit']])[] = [
    [details.requireSignedURLs === requireSignedUrls, 'requireSignedUrls', { requireSignedURLs: requireSignedUrls }],
    [
      allowedHosts.length === 0 || sameHosts(details.allowedOrigins, allowedHosts),
      'allowedHosts',
      { allowedOrigins: allowedHosts },
    ],
    [
      isNear(details.thumbnailTimestampPct, thumbnailTimestampPct, FRACTION_TOLERANCE),
      'thumbnailTimestampPct',
      { thumbnailTimestampPct },
    ],
    [sameTime(details.scheduledDeletion, scheduledDeletion), 'scheduledDeletionDays', { scheduledDeletion }],
    [watermarkUid === undefined || details.watermarkUid === watermarkUid, 'watermarkUid', undefined],
    [
      isNear(details.maxDurationSeconds, asked.maxDurationSeconds, 0),
      'maxDurationSeconds',
      { maxDurationSeconds: asked.maxDurationSeconds },
    ],
    [details.creator === asked.creator, 'creator', { creator: asked.creator }],
    [sameMeta(details, asked.meta), 'meta', { meta: { ...asked.meta } }],
  ];
  return checks.flatMap(([isTaken, name, edit]) => (isTaken ? [] : [{ name, edit }]));
}

/** Compares host names in any order and regardless of case. */
function sameHosts(one: readonly string[], other: readonly string[]): boolean {
  const [a, b] = [one, other].map((list) => [...new Set(list.map((name) => name.toLowerCase()))].sort().join(' '));
  return a === b;
}

/** A value that was not requested may be anything. */
function isNear(is: number | undefined, asked: number | undefined, tolerance: number): boolean {
  return asked === undefined || Math.abs((is ?? Number.NaN) - asked) <= tolerance;
}

function sameTime(is: string | undefined, asked: string | undefined): boolean {
  return asked === undefined || isNear(Date.parse(is ?? ''), Date.parse(asked), TIME_TOLERANCE_MS);
}

function sameMeta(details: VideoDetails, asked: StreamMeta): boolean {
  const names = ['name', 'uploadId', 'attempt', 'contextId', 'custom'] as const;
  return names.every((name) => asked[name] === undefined || metaText(details, name) === asked[name]);
}

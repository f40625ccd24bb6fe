import { z } from 'zod';
import { uidSchema } from './uid.ts';

/** A video as the API describes it, with checked values: an unknown value is undefined. */
export interface VideoDetails {
  readonly uid: string;
  readonly state: string;
  readonly readyToStream: boolean;
  /** 0–100. */
  readonly percentComplete?: number | undefined;
  readonly errorReasonCode?: string | undefined;
  readonly creator?: string | undefined;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly sizeBytes?: number | undefined;
  readonly durationSeconds?: number | undefined;
  readonly widthPixels?: number | undefined;
  readonly heightPixels?: number | undefined;
  /** RFC 3339; undefined when it cannot be read. */
  readonly created?: string | undefined;
  readonly uploaded?: string | undefined;
  readonly modified?: string | undefined;
  readonly uploadExpiry?: string | undefined;
  readonly requireSignedURLs: boolean;
  readonly allowedOrigins: readonly string[];
  readonly thumbnailTimestampPct?: number | undefined;
  /** RFC 3339. */
  readonly scheduledDeletion?: string | undefined;
  readonly maxDurationSeconds?: number | undefined;
  readonly watermarkUid?: string | undefined;
  /** For instance `https://customer-f33zs165nr7gyfy4.cloudflarestream.com`. */
  readonly playbackOrigin?: string | undefined;
}

/** -1, 0 and null all mean "not known yet"; numbers may be strings. */
const positive = z
  .union([z.number(), z.string(), z.null()])
  .optional()
  .transform((value) => (value === null || value === undefined || !(Number(value) > 0) ? undefined : Number(value)));
/** A value that is not text is unknown: one odd field of one video must not hide all other videos of a list. */
const text = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && value !== '' ? value : undefined));
/** A time of RFC 3339 with a year of four digits, else unknown: a longer year would be outside the range of dates. */
const time = text.transform((value) =>
  value !== undefined && /^\d{4}-\d\d-\d\d[Tt ]/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined,
);
const fraction = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'number' ? value : undefined));

/** Old hosts that all customers share, where videos have other paths. */
const SHARED_HOSTS = /(?:^|\.)videodelivery\.net$|^(?:watch|iframe|embed)\.cloudflarestream\.com$/;

const status = z.object({
  state: z.string().optional(),
  pctComplete: z.union([z.number(), z.string(), z.null()]).optional(),
  errorReasonCode: text,
  errReasonCode: text,
});

/** Accepts both spellings of error fields, strings in place of numbers, and nulls. */
export const videoDetailsSchema: z.ZodType<VideoDetails> = z
  .object({
    uid: uidSchema,
    status: status.nullish(),
    readyToStream: z.boolean().nullish(),
    creator: text,
    // Other programs may have written anything here; then nothing of it is used.
    meta: z.record(z.string(), z.unknown()).nullish().catch(null),
    size: positive,
    duration: positive,
    input: z.object({ width: positive, height: positive }).nullish(),
    created: time,
    uploaded: time,
    modified: time,
    uploadExpiry: time,
    requireSignedURLs: z.boolean().nullish(),
    allowedOrigins: z.array(z.string()).nullish().catch(null),
    thumbnailTimestampPct: fraction,
    scheduledDeletion: time,
    maxDurationSeconds: positive,
    watermark: z.object({ uid: text }).nullish().catch(null),
    playback: z.object({ hls: text }).nullish(),
    preview: text,
    thumbnail: text,
  })
  .transform((video) => ({
    uid: video.uid,
    state: video.status?.state ?? 'pendingupload',
    readyToStream: video.readyToStream === true,
    percentComplete: percent(video.status?.pctComplete),
    errorReasonCode: video.status?.errorReasonCode ?? video.status?.errReasonCode,
    creator: video.creator,
    meta: video.meta ?? {},
    sizeBytes: video.size,
    durationSeconds: video.duration,
    widthPixels: video.input?.width,
    heightPixels: video.input?.height,
    created: video.created,
    uploaded: video.uploaded,
    modified: video.modified,
    uploadExpiry: video.uploadExpiry,
    requireSignedURLs: video.requireSignedURLs === true,
    allowedOrigins: video.allowedOrigins ?? [],
    thumbnailTimestampPct: video.thumbnailTimestampPct,
    scheduledDeletion: video.scheduledDeletion,
    maxDurationSeconds: video.maxDurationSeconds,
    watermarkUid: video.watermark?.uid,
    playbackOrigin: playbackOriginOf([video.playback?.hls, video.preview, video.thumbnail]),
  }));

function percent(value: number | string | null | undefined): number | undefined {
  const number = value === null || value === '' ? Number.NaN : Number(value);
  return number >= 0 && number <= 100 ? number : undefined;
}

function playbackOriginOf(urls: readonly (string | undefined)[]): string | undefined {
  return urls
    .flatMap((url) => (url !== undefined && URL.canParse(url) ? [new URL(url)] : []))
    .find(({ protocol, hostname }) => /^https?:$/.test(protocol) && !SHARED_HOSTS.test(hostname))?.origin;
}

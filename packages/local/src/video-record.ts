import type { CustomMetadata, Timestamp, VideoMetadata } from '@videostorage/core';
import { z } from 'zod';
import { customSchema, timestampSchema, videoIdSchema } from './upload-record.ts';

/** What is known of a confirmed video: the file `videos/<uploadId>/video.json`. */
export interface VideoRecord {
  /** Goes up when the shape changes. */
  readonly version: 1;
  /** The video's id. */
  readonly videoId: string;
  /** Who uploaded it. */
  readonly userId: string;
  /** What it belongs to. */
  readonly contextId: string;
  /** Display name. */
  readonly fileName: string;
  /** Type by which it is served. */
  readonly mimeType: string;
  /** Bytes of the original. */
  readonly sizeBytes: number;
  /** Play time, read from the file. */
  readonly durationSeconds?: number | undefined;
  /** Display width, read from the file. */
  readonly widthPixels: number;
  /** Display height, read from the file. */
  readonly heightPixels: number;
  /** Codec of the picture, read from the file. */
  readonly codec?: string | undefined;
  /** Codec of the sound, read from the file. */
  readonly audioCodec?: string | undefined;
  /** When the upload was asked for. */
  readonly createdAt: Timestamp;
  /** When it was confirmed. */
  readonly uploadedAt: Timestamp;
  /** Random, new for every confirmed file: the strong ETag. */
  readonly revision: string;
  /** The host's own strings. */
  readonly custom?: CustomMetadata | undefined;
}

/** Checks what stands in the file. */
export const videoRecordSchema: z.ZodType<VideoRecord> = z.strictObject({
  version: z.literal(1),
  videoId: videoIdSchema,
  userId: z.string().min(1),
  contextId: z.string().min(1),
  fileName: z.string().min(1),
  mimeType: z.string().min(1),
  sizeBytes: z.int().positive(),
  durationSeconds: z.number().nonnegative().optional(),
  widthPixels: z.int().positive(),
  heightPixels: z.int().positive(),
  codec: z.string().optional(),
  audioCodec: z.string().optional(),
  createdAt: timestampSchema,
  uploadedAt: timestampSchema,
  revision: z.string().regex(/^[0-9a-f]{32}$/),
  custom: customSchema.optional(),
});

/** The record as the port tells it. */
export function toVideoMetadata(record: VideoRecord): VideoMetadata {
  const { durationSeconds, codec, custom } = record;
  return {
    videoId: record.videoId,
    backendName: 'local',
    status: 'ready',
    playable: true,
    userId: record.userId,
    contextId: record.contextId,
    fileName: record.fileName,
    mimeType: record.mimeType,
    sizeBytes: record.sizeBytes,
    ...(durationSeconds !== undefined && { durationSeconds }),
    widthPixels: record.widthPixels,
    heightPixels: record.heightPixels,
    ...(codec !== undefined && { codec }),
    createdAt: record.createdAt,
    uploadedAt: record.uploadedAt,
    revision: record.revision,
    ...(custom !== undefined && { custom }),
  };
}

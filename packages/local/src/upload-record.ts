import { type CustomMetadata, isVideoId, type Timestamp } from '@videostorage/core';
import { z } from 'zod';

/** What was promised about an upload: the file `uploads/<uploadId>.json`. */
export interface UploadRecord {
  /** Goes up when the shape changes. */
  readonly version: 1;
  /** Our id of the upload. */
  readonly uploadId: string;
  /** The video that it becomes. */
  readonly videoId: string;
  /** Whose upload it is. */
  readonly userId: string;
  /** What the video belongs to. */
  readonly contextId: string;
  /** Display name. */
  readonly fileName: string;
  /** Promised type, canonical. */
  readonly mimeType: string;
  /** Promised size. */
  readonly sizeBytes: number;
  /** Longest play time that is accepted. */
  readonly maxDurationSeconds: number;
  /** The host's own strings. */
  readonly custom?: CustomMetadata | undefined;
  /** When the upload was first asked for. */
  readonly createdAt: Timestamp;
  /** Until when sending may begin. */
  readonly expiresAt: Timestamp;
}

/** A time as the library writes it. */
export const timestampSchema: z.ZodType<Timestamp> = z.iso.datetime({ precision: 3 });

/** An id as the library hands it out. */
export const videoIdSchema: z.ZodType<string> = z.string().refine(isVideoId);

/** The host's own strings. */
export const customSchema: z.ZodType<CustomMetadata> = z.record(z.string().max(64), z.string().max(512));

/** Checks what stands in the file. */
export const uploadRecordSchema: z.ZodType<UploadRecord> = z.strictObject({
  version: z.literal(1),
  uploadId: z.string().regex(/^[0-9a-f]{32}$/),
  videoId: videoIdSchema,
  userId: z.string().min(1),
  contextId: z.string().min(1),
  fileName: z.string().min(1),
  mimeType: z.string().min(1),
  sizeBytes: z.int().positive(),
  maxDurationSeconds: z.number().positive(),
  custom: customSchema.optional(),
  createdAt: timestampSchema,
  expiresAt: timestampSchema,
});

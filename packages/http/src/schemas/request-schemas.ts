import type { ConfirmUploadBody, PlaybackBody, SignPartsBody, UpdateVideoBody, VideoStatus } from '@videostorage/core';
import type { ServiceUploadRequest } from '@videostorage/service';
import { z } from 'zod';
import type { MembersOf } from './members-of.ts';

/**
 * The bodies and queries that browsers send. Every object is strict: an unknown member is refused, since a misspelt limit
 * would not be set. Types are checked here; the validator decides which values are accepted, with messages for the user.
 */
const customSchema = z.record(z.string(), z.string()).meta({
  description: 'Short strings of the host app; at most 512 bytes as JSON, keys `[a-z0-9_-]{1,64}`.',
});

/** Body of `POST /uploads`. */
export const uploadRequestSchema: z.ZodType<ServiceUploadRequest> = z.strictObject({
  fileName: z.string().meta({ description: 'Display name, 1–255 bytes of UTF-8, no path parts.' }),
  sizeBytes: z.number().meta({ description: 'Exact size of the file.' }),
  mimeType: z.string().meta({ description: 'As the browser says; empty is resolved by the extension.' }),
  contextId: z.string().optional().meta({ description: 'What the video belongs to, 1–128 bytes of UTF-8.' }),
  maxDurationSeconds: z.number().optional().meta({ description: 'Longest duration that is accepted.' }),
  custom: customSchema.optional(),
  submissionId: z.string().optional().meta({ description: 'Id of the submission that the video belongs to.' }),
} satisfies MembersOf<ServiceUploadRequest>);

/** Body of `POST /uploads/{uploadReference}/confirm`. */
export const confirmUploadSchema: z.ZodType<ConfirmUploadBody> = z.strictObject({
  durationSeconds: z.number().optional().meta({
    description: 'The duration that the browser measured: a hint, which is never used to accept or refuse a video.',
  }),
} satisfies MembersOf<ConfirmUploadBody>);

/** Body of `POST /uploads/{uploadReference}/parts`. */
export const signPartsSchema: z.ZodType<SignPartsBody> = z.strictObject({
  partNumbers: z.array(z.int().min(1).max(10_000)).min(1).max(100),
} satisfies MembersOf<SignPartsBody>);

/** Body of `POST /videos/{videoId}/playback`. */
export const playbackBodySchema: z.ZodType<PlaybackBody> = z.strictObject({
  kind: z
    .enum(['iframe', 'hls', 'dash', 'file'])
    .optional()
    .meta({ description: 'Preferred kind, which comes first.' }),
} satisfies MembersOf<PlaybackBody>);

/** Body of `PATCH /videos/{videoId}`. */
export const updateVideoSchema: z.ZodType<UpdateVideoBody> = z.strictObject({
  fileName: z.string().optional().meta({ description: 'New display name.' }),
  custom: customSchema.optional().meta({ description: 'Replaces all strings of the host app.' }),
} satisfies MembersOf<UpdateVideoBody>);

/** One union for uploads and videos. */
export const videoStatusSchema: z.ZodType<VideoStatus, string> = z.enum([
  ...(['pending', 'processing', 'ready', 'failed', 'expired', 'deleting', 'deleted'] as const),
]);

/** Parameters of `GET /videos`. */
export interface ListQuery {
  /** Only videos of this context. */
  readonly contextId?: string | undefined;
  /** Only videos of this uploader. */
  readonly userId?: string | undefined;
  /** Only videos with one of these statuses. */
  readonly status?: readonly VideoStatus[] | undefined;
  /** 1–1 000. */
  readonly limit?: number | undefined;
  /** Cursor of the page before. */
  readonly cursor?: string | undefined;
}

/** Query of `GET /videos`: each at most once, `status` several of them with commas between. */
export const listQuerySchema: z.ZodType<ListQuery> = z.strictObject({
  contextId: z.string().optional(),
  userId: z.string().optional(),
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(videoStatusSchema).max(7))
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, { error: 'must be a whole number from 1 to 1000' })
    .transform(Number)
    .pipe(z.int().max(1000, { error: 'must be a whole number from 1 to 1000' }))
    .optional(),
  cursor: z.string().max(2048).optional(),
} satisfies MembersOf<ListQuery>);

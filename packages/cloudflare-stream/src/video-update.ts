import { type Problem, type Timestamp, ValidationError, Validator } from '@videostorage/core';
import { z } from 'zod';
import { hostNames } from './parsed-stream-options.ts';
import type { VideoDetails } from './video-details.ts';

/** What can change of a video that is there; what is absent stays. */
export interface VideoChanges {
  /** As the dashboard shows it. */
  readonly fileName?: string | undefined;
  /** Replaces all of it; at most 512 bytes as JSON. */
  readonly custom?: Readonly<Record<string, string>> | undefined;
  /** Whether it plays with a token only. */
  readonly requireSignedUrls?: boolean | undefined;
  /** Host names whose pages may play; none = all. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** When it disappears by itself, 30–1 096 days after its upload; null = never. */
  readonly scheduledDeletion?: Timestamp | null | undefined;
  /** Where its thumbnail is taken, 0–1. */
  readonly thumbnailTimestampPct?: number | undefined;
}

const MAX_CUSTOM_BYTES = 512;
const customSchema = z
  .record(z.string().regex(/^[a-z0-9_-]{1,64}$/), z.string(), { error: 'must be short texts by name' })
  .refine((custom) => new TextEncoder().encode(JSON.stringify(custom)).length <= MAX_CUSTOM_BYTES, {
    error: `must be at most ${MAX_CUSTOM_BYTES} bytes as JSON`,
  });
const schema: z.ZodType<VideoChanges> = z.strictObject({
  fileName: z.string().optional(),
  custom: customSchema.optional(),
  requireSignedUrls: z.boolean().optional(),
  allowedOrigins: hostNames.optional(),
  scheduledDeletion: z.iso.datetime().nullish(),
  thumbnailTimestampPct: z.number().min(0).max(1).optional(),
});

/** @throws {ValidationError} with every problem */
export function parseVideoChanges(changes: VideoChanges): VideoChanges {
  const parsed = schema.safeParse(changes);
  const problems: readonly Problem[] = parsed.success
    ? fileNameProblems(parsed.data)
    : parsed.error.issues.map((issue) => {
        const path = issue.path.join('.');
        return { path, code: 'OPTION_INVALID', message: `The change of \`${path}\` cannot be made: ${issue.message}.` };
      });
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ValidationError(problems);
}

/** The API's JSON for changes. It replaces `meta` whole, so what is there is taken along. */
export function toVideoUpdate(changes: VideoChanges, present: VideoDetails): object {
  const { fileName, custom, requireSignedUrls, allowedOrigins, scheduledDeletion, thumbnailTimestampPct } = changes;
  const meta = {
    ...present.meta,
    ...(fileName !== undefined && { name: fileName }),
    ...(custom !== undefined && { custom: JSON.stringify(custom) }),
  };
  return {
    ...((fileName !== undefined || custom !== undefined) && { meta }),
    ...(requireSignedUrls !== undefined && { requireSignedURLs: requireSignedUrls }),
    ...(allowedOrigins !== undefined && { allowedOrigins }),
    ...(scheduledDeletion !== undefined && { scheduledDeletion }),
    ...(thumbnailTimestampPct !== undefined && { thumbnailTimestampPct }),
  };
}

function fileNameProblems({ fileName }: VideoChanges): readonly Problem[] {
  return fileName === undefined ? [] : new Validator().validateFileName(fileName);
}

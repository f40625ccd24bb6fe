import {
  canonicalId,
  type Problem,
  sanitizeFileName,
  type Timestamp,
  ValidationError,
  Validator,
} from '@videostorage/core';
import { z } from 'zod';
import type { NewVideoSettings } from './new-video-settings.ts';
import { hostNames } from './parsed-stream-options.ts';
import type { VideoDetails } from './video-details.ts';
import { toCreator } from './video-meta.ts';

/** What can be changed about an existing video; absent members stay unchanged. */
export interface VideoChanges {
  /** Display name, also in the dashboard. */
  readonly fileName?: string | undefined;
  /** Replaces all strings of the host app; at most 512 bytes as JSON. */
  readonly custom?: Readonly<Record<string, string>> | undefined;
  /** Whether the video can be played only with a token. */
  readonly requireSignedUrls?: boolean | undefined;
  /** Host names whose pages may play the video; an empty list = all. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** When Stream deletes the video automatically, 30–1 096 days after its upload; null = never. */
  readonly scheduledDeletion?: Timestamp | null | undefined;
  /** The position from which its thumbnail is taken, as a share of the duration, 0–1. */
  readonly thumbnailTimestampPct?: number | undefined;
}

const MAX_CUSTOM_BYTES = 512;
const customName = z.string().regex(/^(?!(?:__proto__|constructor|prototype)$)[a-z0-9_-]{1,64}$/);
/** Well-formed, and without the character that PostgreSQL cannot store. */
const customText = z.string().regex(/^[^\0\p{Surrogate}]*$/u);
/** Short strings by name, as `meta` contains them, with the limits of `getUploadUrl`. */
export const customMetadataSchema: z.ZodType<Readonly<Record<string, string>>> = z
  .record(customName, customText, { error: 'must be short texts by name' })
  .refine((custom) => new TextEncoder().encode(JSON.stringify(custom)).length <= MAX_CUSTOM_BYTES, {
    error: `must be at most ${MAX_CUSTOM_BYTES} bytes as JSON`,
  });
const schema: z.ZodType<VideoChanges> = z.strictObject({
  fileName: z.string().optional(),
  custom: customMetadataSchema.optional(),
  requireSignedUrls: z.boolean().optional(),
  allowedHosts: hostNames.optional(),
  scheduledDeletion: z.iso.datetime().nullish(),
  thumbnailTimestampPct: z.number().min(0).max(1).optional(),
});

/** @throws {ValidationError} with every problem */
export function parseVideoChanges(changes: VideoChanges): VideoChanges {
  const parsed = schema.safeParse(changes);
  return checked(parsed.success ? parsed.data : undefined, parsed.error?.issues ?? []);
}

function checked<T extends { readonly fileName?: string | undefined }>(
  value: T | undefined,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): T {
  const problems = issues.map((issue): Problem => {
    const path = issue.path.map(String).join('.');
    return { path, code: 'OPTION_INVALID', message: `The change of \`${path}\` cannot be made: ${issue.message}.` };
  });
  const all = value === undefined ? problems : [...problems, ...fileNameProblems(value)];
  if (value === undefined || all.length > 0) throw new ValidationError(all);
  return value.fileName === undefined ? value : { ...value, fileName: sanitizeFileName(value.fileName) };
}

/** To whom a video that was uploaded in another way belongs, and its name. */
export interface Adoption {
  /** Id of the user to whom the video is to belong, 1–128 bytes of UTF-8. */
  readonly userId: string;
  /** What the video belongs to. 1–128 bytes of UTF-8; absent = only to its user. */
  readonly contextId?: string | undefined;
  /** Display name, also in the dashboard. Default: its current name. */
  readonly fileName?: string | undefined;
  /** Short strings of the host app, at most 512 bytes as JSON. Default: the current ones. */
  readonly custom?: Readonly<Record<string, string>> | undefined;
}

/**
 * An id with the limits of `getUploadUrl`, in the same canonical form: otherwise it would not be equal to the id of its user.
 */
export const idSchema: z.ZodType<string> = z.unknown().transform((value, context) => {
  const id = canonicalId(value);
  if (id !== undefined) return id;
  context.addIssue('must be 1 to 128 bytes of UTF-8 without control characters');
  return z.NEVER;
});
const adoptionSchema = z.strictObject({
  userId: idSchema,
  contextId: idSchema.optional(),
  fileName: z.string().optional(),
  custom: customMetadataSchema.optional(),
});

/** @throws {ValidationError} with every problem */
export function parseAdoption(adoption: Adoption): Adoption {
  const parsed = adoptionSchema.safeParse(adoption);
  return checked(parsed.success ? parsed.data : undefined, parsed.error?.issues ?? []);
}

/**
 * The API's JSON that makes a video one of a user. It replaces `meta` as a whole, so the present members are sent again. The
 * video gets the storage's own limits of playback: a token is needed, and the storage's list of pages applies unless the video
 * has a list of its own.
 */
export async function toAdoptionUpdate(
  adoption: Adoption,
  present: VideoDetails,
  { requireSignedUrls, allowedHosts }: Pick<NewVideoSettings, 'requireSignedUrls' | 'allowedHosts'>,
): Promise<object> {
  const { userId, contextId, ...changes } = adoption;
  const meta = { ...present.meta, ...(contextId !== undefined && { contextId }) };
  return {
    ...{ creator: await toCreator(userId), meta },
    ...(requireSignedUrls && { requireSignedURLs: true }),
    ...(present.allowedOrigins.length === 0 && allowedHosts.length > 0 && { allowedOrigins: allowedHosts }),
    ...toVideoUpdate(changes, { ...present, meta }),
  };
}

/** The API's JSON for changes. It replaces `meta` as a whole, so the present members are sent again. */
export function toVideoUpdate(changes: VideoChanges, present: VideoDetails): object {
  const { fileName, custom, requireSignedUrls, allowedHosts, scheduledDeletion, thumbnailTimestampPct } = changes;
  const meta = {
    ...present.meta,
    ...(fileName !== undefined && { name: fileName }),
    ...(custom !== undefined && { custom: JSON.stringify(custom) }),
  };
  return {
    ...((fileName !== undefined || custom !== undefined) && { meta }),
    ...(requireSignedUrls !== undefined && { requireSignedURLs: requireSignedUrls }),
    ...(allowedHosts !== undefined && { allowedOrigins: allowedHosts }),
    ...(scheduledDeletion !== undefined && { scheduledDeletion }),
    ...(thumbnailTimestampPct !== undefined && { thumbnailTimestampPct }),
  };
}

/** A display name with the limits of `getUploadUrl`, in the same safe form. */
export const fileNameSchema: z.ZodType<string> = z
  .string()
  .refine((fileName) => fileNameProblems({ fileName }).length === 0)
  .transform(sanitizeFileName);

function fileNameProblems({ fileName }: { readonly fileName?: string | undefined }): readonly Problem[] {
  return fileName === undefined ? [] : new Validator().validateFileName(fileName);
}

import { createHash } from 'node:crypto';
import { isRandomId, VideoNotFoundError } from '@videostorage/core';
import { type NewUpload, uploadKey } from '@videostorage/object-storage';
import { z } from 'zod';

/** An upload in parts; travels signed inside the upload reference, so it stays below 512 characters. */
export interface MultipartState {
  /** S3's own upload id. */
  readonly s3UploadId: string;
  /** Size of every part but the last. */
  readonly partSizeBytes: number;
}

/** How a browser sends an upload, as the reference carries it: a form, by the end of its key, or parts. */
export type SentUpload = { readonly form: string } | MultipartState;

const schema = z.union([
  z.strictObject({ form: z.string().refine(isRandomId) }),
  z.strictObject({ s3UploadId: z.string().min(1).max(400), partSizeBytes: z.number().int().positive() }),
]);

/** The text that the reference carries. */
export function encodeSentUpload(sent: SentUpload): string {
  return JSON.stringify(sent);
}

/** Reads the text of the reference; undefined when it has none. @throws {VideoNotFoundError} text that this package did not write */
export function decodeSentUpload(state: string | undefined): SentUpload | undefined {
  if (state === undefined) return undefined;
  const parsed = schema.safeParse(JSON.parse(state));
  if (!parsed.success) throw new VideoNotFoundError();
  return parsed.data;
}

/**
 * Identifies the form of one user for one file. A host app may use an upload id again for another user, whose form must not
 * write to the key of this one; the same user with the same file gets the same form.
 */
export function formOf({ videoId, userId, sizeBytes }: NewUpload): { readonly form: string } {
  // The video id names the upload and, by its extension, the type.
  const file = JSON.stringify([videoId, userId, sizeBytes]);
  return { form: createHash('sha256').update(file).digest('hex').slice(0, 32) };
}

/** `uploads/<uploadId>.form.<form>`: the key that the form writes to. */
export function formKey(uploadId: string, { form }: { readonly form: string }): string {
  return `${uploadKey(uploadId)}.form.${form}`;
}

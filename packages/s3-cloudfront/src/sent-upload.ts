import { createHash } from 'node:crypto';
import { VideoNotFoundError } from '@videostorage/core';
import { type NewUpload, uploadKey } from '@videostorage/object-storage';
import { z } from 'zod';

/** An upload in parts; travels signed inside the upload reference, so it stays below 512 characters. */
export interface MultipartState {
  /** S3's own upload id. */
  readonly s3UploadId: string;
  /** Size of every part but the last. */
  readonly partSizeBytes: number;
}

/** Where a browser sends an upload, as the reference carries it: a form, by what ends its key, or parts. */
export type SentUpload = { readonly form: string } | MultipartState;

const schema = z.union([
  z.strictObject({ form: z.string().regex(/^[0-9a-f]{32}$/) }),
  z.strictObject({ s3UploadId: z.string().min(1).max(400), partSizeBytes: z.number().int().positive() }),
]);

/** As text for the reference. */
export function encodeSentUpload(sent: SentUpload): string {
  return JSON.stringify(sent);
}

/** From the reference; undefined where there is none. @throws {VideoNotFoundError} text that was never issued here */
export function decodeSentUpload(state: string | undefined): SentUpload | undefined {
  if (state === undefined) return undefined;
  const parsed = schema.safeParse(JSON.parse(state));
  if (!parsed.success) throw new VideoNotFoundError();
  return parsed.data;
}

/**
 * The form of one user for one file. A host may use an upload id again for somebody else, whose form must not write where this
 * one is read (S26); the same user with the same file gets the same.
 */
export function formOf({ uploadId, videoId, userId, sizeBytes, mimeType }: NewUpload): { readonly form: string } {
  const file = JSON.stringify([uploadId, videoId, userId, sizeBytes, mimeType]);
  return { form: createHash('sha256').update(file).digest('hex').slice(0, 32) };
}

/** `uploads/<uploadId>.form.<form>`: where it arrives. */
export function formKey(uploadId: string, { form }: { readonly form: string }): string {
  return `${uploadKey(uploadId)}.form.${form}`;
}

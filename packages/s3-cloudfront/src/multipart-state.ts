import { VideoNotFoundError } from '@videostorage/core';
import { z } from 'zod';

/** What a multipart upload needs again; travels signed inside the upload reference, so it stays below 512 characters. */
export interface MultipartState {
  /** S3's own upload id. */
  readonly s3UploadId: string;
  /** Size of every part but the last. */
  readonly partSizeBytes: number;
}

const schema = z.object({ s3UploadId: z.string().min(1).max(400), partSizeBytes: z.number().int().positive() });

/** As text for the reference. */
export function encodeMultipartState(state: MultipartState): string {
  return JSON.stringify(state);
}

/** From the reference; undefined for an upload by one POST. @throws {VideoNotFoundError} text that was never issued here */
export function decodeMultipartState(state: string | undefined): MultipartState | undefined {
  if (state === undefined) return undefined;
  const parsed = schema.safeParse(JSON.parse(state));
  if (!parsed.success) throw new VideoNotFoundError();
  return parsed.data;
}

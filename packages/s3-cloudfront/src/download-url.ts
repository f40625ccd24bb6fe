import { contentDisposition, type PlaybackRequest } from '@videostorage/core';
import type { ObjectLocation } from './object-key.ts';
import type { S3Client } from './s3-client.ts';

/** A URL that saves the original as `downloadName`; without one, as `source.<ext>`. */
export function downloadUrlOf(
  s3: S3Client,
  location: ObjectLocation,
  { downloadName }: PlaybackRequest,
  expiresInSeconds: number,
): Promise<string> {
  const disposition = downloadName === undefined ? 'attachment' : contentDisposition('attachment', downloadName);
  return s3.getPresignedGetUrl(location.key, expiresInSeconds, disposition);
}

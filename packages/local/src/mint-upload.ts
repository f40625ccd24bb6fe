import {
  ConflictError,
  type IdentifiedUploadRequest,
  objectVideoId,
  sameMimeType,
  toTimestamp,
  ValidationError,
} from '@videostorage/core';
import { keepsPromise } from './keeps-promise.ts';
import type { LocalParts } from './local-parts.ts';
import type { UploadRecord } from './upload-record.ts';

/**
 * Creates the tus upload, or finds it again: bytes that came already stay. To be called by one at a time for each upload.
 * @throws {ConflictError} the id belongs to another file
 */
export async function mintLocalUpload(
  parts: LocalParts,
  request: IdentifiedUploadRequest,
  options: { readonly expiresAtMs: number; readonly defaultMaxDurationSeconds: number },
): Promise<{ readonly videoId: string }> {
  const { uploadId, userId, contextId, fileName, mimeType, sizeBytes, custom } = request;
  const videoId = objectVideoId(uploadId, mimeType);
  const known = (await parts.videos.findByUpload(uploadId)) ?? (await parts.uploads.findRecord(uploadId));
  if (known !== undefined) {
    if (!keepsPromise(known, { videoId, userId, contextId, sizeBytes })) {
      throw new ConflictError('The id of this upload is in use for another file.');
    }
    // What was confirmed stays as it is; its upload answers that all has arrived.
    if ('revision' in known) return { videoId };
  }
  const record: UploadRecord = {
    version: 1,
    ...{ uploadId, videoId, userId, contextId, fileName, mimeType, sizeBytes, custom },
    maxDurationSeconds: request.maxDurationSeconds ?? options.defaultMaxDurationSeconds,
    createdAt: known?.createdAt ?? toTimestamp(parts.clock.now()),
    expiresAt: toTimestamp(options.expiresAtMs),
  };
  await parts.uploads.createUpload(record);
  return { videoId };
}

/** What browsers play, also by the names of the same containers, and MPEG-TS. */
const PLAYED_TYPES = [
  ...['video/mp4', 'video/quicktime', 'video/3gpp', 'video/3gpp2', 'video/webm', 'video/matroska', 'video/mp2t'],
];

/** A type that cannot be looked into cannot be confirmed, so its upload is refused before it begins. @throws {ValidationError} */
export function requireReadableType(mimeType: string): void {
  if (PLAYED_TYPES.some((type) => sameMimeType(type, mimeType))) return;
  throw new ValidationError([
    {
      path: 'mimeType',
      code: 'TYPE_NOT_ALLOWED',
      message: 'Videos of this type cannot be taken here; please convert it to MP4, WebM, MOV or MKV.',
    },
  ]);
}

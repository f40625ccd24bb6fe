import { type StoredVideo, toTimestamp } from '@videostorage/core';
import { decodeObjectMetadata } from './object-metadata.ts';
import type { ObjectDetails } from './s3-client.ts';

/** One stored object as a video. */
export function toVideoMetadata(videoId: string, object: ObjectDetails): StoredVideo {
  const uploadedAt = toTimestamp(object.lastModified.getTime());
  const ours = decodeObjectMetadata(object.metadata);
  return {
    videoId,
    status: 'ready',
    playable: true,
    sizeBytes: object.sizeBytes,
    createdAt: uploadedAt,
    uploadedAt,
    ...(object.mimeType !== undefined && { mimeType: object.mimeType }),
    revision: object.revision,
    ...(ours !== undefined && {
      userId: ours.userId,
      ...(ours.contextId !== undefined && { contextId: ours.contextId }),
    }),
    ...(ours?.fileName && { fileName: ours.fileName }),
    ...(ours?.custom !== undefined && { custom: ours.custom }),
  };
}

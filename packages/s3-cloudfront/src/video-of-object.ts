import { toTimestamp, type VideoMetadata } from '@videostorage/core';
import { decodeObjectMetadata } from './object-metadata.ts';
import type { ObjectDetails } from './s3-client.ts';

/** One stored object as a video. */
export function toVideoMetadata(videoId: string, backendName: string, object: ObjectDetails): VideoMetadata {
  const uploadedAt = toTimestamp(object.lastModified.getTime());
  const ours = decodeObjectMetadata(object.metadata);
  return {
    videoId,
    backendName,
    status: 'ready',
    playable: true,
    sizeBytes: object.sizeBytes,
    createdAt: uploadedAt,
    uploadedAt,
    ...(object.mimeType !== undefined && { mimeType: object.mimeType }),
    revision: object.revision,
    ...(ours !== undefined && { userId: ours.userId, contextId: ours.contextId }),
    ...(ours?.fileName && { fileName: ours.fileName }),
    ...(ours?.custom !== undefined && { custom: ours.custom }),
  };
}

import type { UploadState, VideoFailure, VideoMetadata } from '@videostorage/core';
import type { VideoRecord } from './video-record.ts';

/** The reasons that a browser may branch on; others become `UNKNOWN`. */
const FAILURES: ReadonlySet<string> = new Set<VideoFailure['code']>([
  ...(['SIZE_MISMATCH', 'TYPE_MISMATCH', 'NOT_A_VIDEO', 'DURATION_EXCEEDED'] as const),
  ...(['DURATION_TOO_SHORT', 'MALFORMED', 'FETCH_FAILED', 'UNKNOWN'] as const),
]);

/** The metadata of a record's video, with the record's id: no id of the storage reaches a browser. */
export function toVideoMetadata(record: VideoRecord): VideoMetadata {
  const { status, contextId, durationSeconds, widthPixels, heightPixels, codec, uploadedAt, revision } = record;
  return {
    ...{ videoId: record.id, backendName: record.backendName, status, playable: status === 'ready' },
    ...(status === 'failed' && { failure: toFailure(record) }),
    ...(record.userId !== '' && { userId: record.userId }),
    ...(contextId !== null && { contextId }),
    ...(record.fileName !== '' && { fileName: record.fileName }),
    ...{ mimeType: record.mimeType, sizeBytes: record.sizeBytes },
    ...(durationSeconds !== null && { durationSeconds }),
    ...(widthPixels !== null && { widthPixels }),
    ...(heightPixels !== null && { heightPixels }),
    ...(codec !== null && { codec }),
    createdAt: record.createdAt,
    ...(uploadedAt !== null && { uploadedAt }),
    ...(revision !== null && { revision }),
    ...(Object.keys(record.custom).length > 0 && { custom: record.custom }),
  };
}

/** The state of a record's upload, without its parts. */
export function toUploadState(record: VideoRecord): UploadState {
  const { id, status, fileName, sizeBytes, ticket } = record;
  return {
    ...{ uploadReference: id, videoId: id, status, fileName, sizeBytes },
    ...(ticket !== null && { ticket }),
  };
}

/** Why a failed record failed. */
export function toFailure({ errorCode, errorMessage }: VideoRecord): VideoFailure {
  const message = errorMessage ?? 'The video could not be processed.';
  return { code: isFailureCode(errorCode) ? errorCode : 'UNKNOWN', message };
}

function isFailureCode(code: string | null): code is VideoFailure['code'] {
  return code !== null && FAILURES.has(code);
}

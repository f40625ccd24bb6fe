import type { UploadRecord } from './upload-record.ts';

/** What a promise is about. */
type Promised = Pick<UploadRecord, 'videoId' | 'userId' | 'contextId' | 'sizeBytes'>;

/**
 * Whether what is stored under an id is what leave was given for. A host may use an id again after a delete; a reference of
 * before then opens nothing.
 */
export function keepsPromise(stored: Promised, promised: Promised): boolean {
  return (
    stored.videoId === promised.videoId &&
    stored.userId === promised.userId &&
    stored.contextId === promised.contextId &&
    stored.sizeBytes === promised.sizeBytes
  );
}

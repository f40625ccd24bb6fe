import { parseObjectVideoId, VideoNotFoundError } from '@videostorage/core';

/** Prefix of the claims (which source of an upload was elected) and of completed deletions. Never served. */
export const CLAIMS_PREFIX = 'claims/';
/** Prefix of the records: the decision about an upload, and the facts. Never served. */
export const RECORDS_PREFIX = 'records/';
/** Prefix of what browsers send, and of the snapshots of it. Never served. */
export const UPLOADS_PREFIX = 'uploads/';
/** Prefix of the videos: the only one that is served and that grants are signed for. */
export const VIDEOS_PREFIX = 'videos/';

const RECORD_KEY = /^records\/([0-9a-f]{32})\.json$/;
const CLAIM_KEY = /^claims\/([0-9a-f]{32})$/;
const DELETION_KEY = /^claims\/([0-9a-f]{32})\.([0-9a-f]{32})$/;
const UPLOAD_KEY = /^uploads\/([0-9a-f]{32})(?:\..*)?$/;

/** `claims/<uploadId>`. */
export function claimKey(uploadId: string): string {
  return `${CLAIMS_PREFIX}${uploadId}`;
}

/** `claims/<uploadId>.<purgeId>`: exists when that deletion is complete. */
export function deletionKey(uploadId: string, purgeId: string): string {
  return `${CLAIMS_PREFIX}${uploadId}.${purgeId}`;
}

/** `records/<uploadId>.json`: the document that decides about an upload. */
export function recordKey(uploadId: string): string {
  return `${RECORDS_PREFIX}${uploadId}.json`;
}

/** `uploads/<uploadId>`: where a form or tus upload arrives. */
export function uploadKey(uploadId: string): string {
  return `${UPLOADS_PREFIX}${uploadId}`;
}

/** `uploads/<uploadId>.<attempt>`: a snapshot of such an upload. */
export function sourceKey(uploadId: string, attempt: string): string {
  return `${UPLOADS_PREFIX}${uploadId}.${attempt}`;
}

/** `videos/<uploadId>/`: prefix of the original and its renditions. @throws {VideoNotFoundError} not the id of an object storage */
export function videoPrefix(videoId: string): string {
  return `${VIDEOS_PREFIX}${parsed(videoId).uploadId}/`;
}

/** `videos/<uploadId>/source.<extension>`: the original. @throws {VideoNotFoundError} not the id of an object storage */
export function videoKey(videoId: string): string {
  const { uploadId, extension } = parsed(videoId);
  return `${VIDEOS_PREFIX}${uploadId}/source.${extension}`;
}

/** The ids in a key that `deletionKey` returned; undefined for all other keys. */
export function deletionOfKey(key: string): { readonly uploadId: string; readonly purgeId: string } | undefined {
  const [, uploadId, purgeId] = DELETION_KEY.exec(key) ?? [];
  return uploadId === undefined || purgeId === undefined ? undefined : { uploadId, purgeId };
}

/** The upload that a key of a record, a claim or below `uploads/` belongs to; undefined for all other keys. */
export function uploadIdOfKey(key: string): string | undefined {
  return (RECORD_KEY.exec(key) ?? CLAIM_KEY.exec(key) ?? UPLOAD_KEY.exec(key))?.[1];
}

function parsed(videoId: string): { readonly uploadId: string; readonly extension: string } {
  const id = parseObjectVideoId(videoId);
  if (id === undefined) throw new VideoNotFoundError();
  return id;
}

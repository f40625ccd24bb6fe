export { nodeHmac } from './node-hmac.ts';
export type {
  CreatedUpload,
  DeclaredUpload,
  Edge,
  EdgePurge,
  KeyPage,
  KeyPageRequest,
  Leftover,
  LeftoverPage,
  NewUpload,
  ObjectStore,
  Source,
  StoredKey,
  UploadHandle,
} from './object-store.ts';
export { ObjectVideoStorage } from './object-video-storage.ts';
export type { ObjectVideoStorageOptions, Probe } from './object-video-storage-options.ts';
export { type ObjectVideoStorageSchemas, objectVideoStorageSchemas } from './object-video-storage-schemas.ts';
export {
  CLAIMS_PREFIX,
  claimKey,
  RECORDS_PREFIX,
  recordKey,
  sourceKey,
  UPLOADS_PREFIX,
  uploadIdOfKey,
  uploadKey,
  VIDEOS_PREFIX,
  videoKey,
  videoPrefix,
} from './store-keys.ts';
export {
  type AbortedRecord,
  type DeletedRecord,
  parseVideoRecord,
  type ReadyRecord,
  type RecordBase,
  type RejectedRecord,
  type VideoRecord,
} from './video-record.ts';

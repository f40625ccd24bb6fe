import type { CustomMetadata, Timestamp, UploadTicket, VideoStatus } from '@videostorage/core';

/** One upload and the video it becomes: a row. `id` is what browsers see, both as `uploadReference` and as `videoId`. */
export interface VideoRecord {
  /** 32 hex digits; the storage's `uploadId` too, so that creating the upload again gives the same video. */
  readonly id: string;
  /** Starts at 1 and grows by 1 with every `update`; `schedule` and `lease` do not change it. */
  readonly version: number;
  /** The `version` at which the present `status` began. A hook recognises a repeated delivery by it. */
  readonly statusVersion: number;
  /** The storage that holds the bytes; a record keeps it for life. */
  readonly backendName: string;
  /** The storage's own id; null until the upload is created. */
  readonly videoId: string | null;
  /** The storage's signed reference; null before the upload is created and once it is reconciled. A secret of the server. */
  readonly uploadReference: string | null;
  /** The ticket as issued, with the record's ids, to resume with; null like `uploadReference`. */
  readonly ticket: UploadTicket | null;
  /** Who uploaded; empty when the person was erased. */
  readonly userId: string;
  /** What the video belongs to. */
  readonly contextId: string | null;
  /** Whose quotas it counts in beside the user's. */
  readonly tenantId: string | null;
  /** The host app's id of the submission that it belongs to. */
  readonly submissionId: string | null;
  /** Unique with `userId`. */
  readonly idempotencyKey: string | null;
  /** Where it stands. */
  readonly status: VideoStatus;
  /** Display name; empty when the person was erased. */
  readonly fileName: string;
  /** Declared until reconciled, then observed. */
  readonly mimeType: string;
  /** Declared until reconciled, then observed. */
  readonly sizeBytes: number;
  /** The limit that the request set. */
  readonly maxDurationSeconds: number | null;
  /** Observed. */
  readonly durationSeconds: number | null;
  /** Observed, after rotation. */
  readonly widthPixels: number | null;
  /** Observed, after rotation. */
  readonly heightPixels: number | null;
  /** Observed, for instance `avc1.64001e`. */
  readonly codec: string | null;
  /** The storage's, see `VideoMetadata.revision`. */
  readonly revision: string | null;
  /** The host app's own short strings. */
  readonly custom: CustomMetadata;
  /**
   * Code of the reason why it failed, `UPLOAD_EXPIRED` of an expired upload that is deleted; while pending or processing, of why the
   * last look was inconclusive.
   */
  readonly errorCode: string | null;
  /** The reason of `errorCode` for people, in a sentence. */
  readonly errorMessage: string | null;
  /** By the clock of the records. */
  readonly createdAt: Timestamp;
  /** Until when sending may begin. */
  readonly expiresAt: Timestamp;
  /** When the last byte arrived. */
  readonly uploadedAt: Timestamp | null;
  /** When it became `deleted`; by the clock of the records. */
  readonly deletedAt: Timestamp | null;
  /** It is deleted, but its storage keeps bytes that may not be removed yet (Object Lock); no grant opens them. */
  readonly retained: boolean;
  /** When the host app's hook for the present status succeeded; null = not yet, or no hook is due. */
  readonly notifiedAt: Timestamp | null;
  /** When a sweep examines it next; null = never. */
  readonly dueAt: Timestamp | null;
  /** The person is to be erased: personal fields are blanked when the delete is complete. */
  readonly erasing: boolean;
}

/** What is known when a record is inserted. */
export type NewVideoRecord = Pick<
  VideoRecord,
  | 'id'
  | 'backendName'
  | 'userId'
  | 'contextId'
  | 'tenantId'
  | 'submissionId'
  | 'idempotencyKey'
  | 'fileName'
  | 'mimeType'
  | 'sizeBytes'
  | 'maxDurationSeconds'
  | 'custom'
> & {
  /** `expiresAt`, from the records' now on. */
  readonly expiresInSeconds: number;
  /** `dueAt`, from the records' now on. */
  readonly dueInSeconds: number;
};

/**
 * A change of facts. When it brings another `status`, the records set `statusVersion` to the new version, `notifiedAt`
 * to null, and for `deleted` `deletedAt` to now. An empty `userId` also clears the `idempotencyKey`. Members that are
 * undefined change nothing.
 */
export type VideoRecordPatch = Partial<
  Omit<
    VideoRecord,
    'id' | 'version' | 'statusVersion' | 'backendName' | 'createdAt' | 'deletedAt' | 'notifiedAt' | 'dueAt'
  >
> & {
  /** `dueAt`, from the records' now on; null = never; absent = as it was. */
  readonly dueInSeconds?: number | null;
};

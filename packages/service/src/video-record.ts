import type { CustomMetadata, Timestamp, UploadTicket, VideoStatus } from '@videostorage/core';

/**
 * One upload and the video it becomes: one row in the store of records. `id` is what browsers see, both as
 * `uploadReference` and as `videoId`.
 */
export interface VideoRecord {
  /** 32 hexadecimal digits. It is also the storage's `uploadId`, so that creating the upload again gives the same video. */
  readonly id: string;
  /** Starts at 1 and increases by 1 with every `update`; `schedule` and `lease` do not change it. */
  readonly version: number;
  /** The `version` at which the current `status` began. It lets a hook recognise a repeated call. */
  readonly statusVersion: number;
  /** The storage that holds the bytes; it never changes. */
  readonly backendName: string;
  /** The storage's own id of the video; null until the upload is created. */
  readonly videoId: string | null;
  /**
   * The storage's signed reference; null before the upload is created and after it was confirmed or has ended. It must
   * not leave the server.
   */
  readonly uploadReference: string | null;
  /**
   * The ticket as issued, with the record's ids, so that the upload can be resumed. Null whenever `uploadReference` is
   * null.
   */
  readonly ticket: UploadTicket | null;
  /** The user who uploaded; empty when the user's data was erased. */
  readonly userId: string;
  /** What the video belongs to. */
  readonly contextId: string | null;
  /** The tenant whose quotas include this record, in addition to the user's. */
  readonly tenantId: string | null;
  /** The host app's id of the submission that it belongs to. */
  readonly submissionId: string | null;
  /**
   * The host app's key for this upload request: a request that repeats it gets the same upload. Unique for each `userId`.
   */
  readonly idempotencyKey: string | null;
  /** State of the upload or video. */
  readonly status: VideoStatus;
  /** Display name; empty when the user's data was erased. */
  readonly fileName: string;
  /** MIME type: the declared one while pending, then the observed one. */
  readonly mimeType: string;
  /** Size: the declared one while pending, then the observed one. */
  readonly sizeBytes: number;
  /** The limit that the upload request set; null when it set none. */
  readonly maxDurationSeconds: number | null;
  /** Duration that the storage observed; null when unknown. */
  readonly durationSeconds: number | null;
  /** Display width that the storage observed, after rotation; null when unknown. */
  readonly widthPixels: number | null;
  /** Display height that the storage observed, after rotation; null when unknown. */
  readonly heightPixels: number | null;
  /** Codec that the storage observed, for instance `avc1.64001e`; null when unknown. */
  readonly codec: string | null;
  /** Revision at the storage, see `VideoMetadata.revision`. */
  readonly revision: string | null;
  /** The host app's own short strings. */
  readonly custom: CustomMetadata;
  /**
   * Code of the reason why it failed, or `UPLOAD_EXPIRED` for an expired upload that was deleted. While pending or
   * processing, the code of the reason why the last inspection was inconclusive.
   */
  readonly errorCode: string | null;
  /** The same reason as a message for people. */
  readonly errorMessage: string | null;
  /** When the record was inserted, by the clock of the records. */
  readonly createdAt: Timestamp;
  /** Sending must begin before this time. */
  readonly expiresAt: Timestamp;
  /** When the last byte arrived. */
  readonly uploadedAt: Timestamp | null;
  /** When it became `deleted`; by the clock of the records. */
  readonly deletedAt: Timestamp | null;
  /** Whether the video is deleted while its storage keeps bytes that may not be removed yet (Object Lock); no grant opens them. */
  readonly retained: boolean;
  /**
   * When the host app's hook for the current status succeeded, or it was found that there is none to call; null before
   * that.
   */
  readonly notifiedAt: Timestamp | null;
  /** When a sweep examines it next; null = never. */
  readonly dueAt: Timestamp | null;
  /** Whether the user's data is being erased: personal fields are blanked when the delete is complete. */
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
  /** Sets `expiresAt` to this long after the current time of the records' clock. */
  readonly expiresInSeconds: number;
  /** Sets `dueAt` to this long after the current time of the records' clock. */
  readonly dueInSeconds: number;
};

/**
 * A change of a record's facts. When it changes the `status`, the store of records sets `statusVersion` to the new
 * version, `notifiedAt` to null, and for `deleted` `deletedAt` to now. An empty `userId` also clears the
 * `idempotencyKey`. Members that are undefined change nothing.
 */
export type VideoRecordPatch = Partial<
  Omit<
    VideoRecord,
    'id' | 'version' | 'statusVersion' | 'backendName' | 'createdAt' | 'deletedAt' | 'notifiedAt' | 'dueAt'
  >
> & {
  /** Sets `dueAt` to this long after the current time of the records' clock; null = never; absent = unchanged. */
  readonly dueInSeconds?: number | null;
};

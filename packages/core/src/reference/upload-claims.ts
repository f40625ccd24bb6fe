import type { Timestamp } from '../contract/primitives.ts';

/** What a reference binds: one upload of one user to one storage, and what was declared about the file. */
export interface UploadClaims {
  /** The storage that issued it; no other accepts it. */
  readonly backendName: string;
  /** Our id of the upload: 32 hexadecimal digits in lower case. */
  readonly uploadId: string;
  /** The video that the upload becomes: `[A-Za-z0-9_-]{1,64}`. */
  readonly videoId: string;
  /** Whose upload it is; only this user may confirm or abort it. 1–128 bytes of UTF-8. */
  readonly userId: string;
  /** What the video belongs to. 1–128 bytes of UTF-8; absent = only to its user. */
  readonly contextId?: string;
  /** Exact size that was declared, from 1. */
  readonly sizeBytes: number;
  /** Type that was declared, in canonical form. */
  readonly mimeType: string;
  /** Longest play time that is accepted; absent when the request set no limit. */
  readonly maxDurationSeconds?: number;
  /** What the backend needs again, for instance S3's own multipart upload id. Readable by the browser. */
  readonly state?: string;
  /** Until when the reference is accepted; the template gives it the ticket's expiry and 24 hours. */
  readonly validUntil: Timestamp;
}

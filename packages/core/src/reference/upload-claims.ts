import type { Timestamp } from '../contract/primitives.ts';

/** What an upload reference contains: one upload of one user to one storage, and what was declared about the file. */
export interface UploadClaims {
  /** `backendName` of the storage that issued it; no other accepts it. */
  readonly backendName: string;
  /** Id of the upload: 32 hexadecimal digits in lower case. */
  readonly uploadId: string;
  /** Id of the video after the confirm: `[A-Za-z0-9_-]{1,64}`. */
  readonly videoId: string;
  /** The user who uploads; only they may confirm or cancel it. 1–128 bytes of UTF-8. */
  readonly userId: string;
  /** What the video belongs to. 1–128 bytes of UTF-8. Absent: it belongs only to its user. */
  readonly contextId?: string;
  /** The declared size, at least 1. */
  readonly sizeBytes: number;
  /** The declared type, in canonical form. */
  readonly mimeType: string;
  /** Longest duration that is accepted. Absent: no limit. */
  readonly maxDurationSeconds?: number;
  /** What the backend needs again at confirm, for instance S3's multipart upload id. The browser can read it. */
  readonly state?: string;
  /** The reference is accepted before this time: 24 hours after the ticket expires. */
  readonly validUntil: Timestamp;
}

import type { StorageSettings } from './storage-settings.ts';

/** One version of one key. */
export interface ObjectVersion extends ObjectHead {
  readonly key: string;
  /** `null` on a bucket without versions, as in S3. */
  readonly versionId: string;
  /** Whether it is a delete marker, which hides the key and has no bytes. */
  readonly deleteMarker: boolean;
  /** File that holds the bytes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** MD5 of the bytes, in hex. */
  readonly md5: string;
  /** Without quotes. */
  readonly eTag: string;
  readonly lastModifiedMs: number;
  /** Until then Object Lock keeps this version; absent: it may be deleted. */
  readonly retainUntilMs?: number;
}

/** What is known of an object before its bytes are stored. */
export interface ObjectHead extends StorageSettings {
  /** Headers that are returned with the bytes, `content-type` among them; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Id of the upload in parts that it was completed from. */
  readonly uploadId?: string;
}

/** Bytes in a file of the emulator's own folder. */
export interface StoredBytes {
  readonly path: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
}

/** One version of one key. */
export interface ObjectVersion {
  readonly key: string;
  /** `null` on a bucket without versions, as S3 says it. */
  readonly versionId: string;
  /** A marker says that the key is gone; it has no bytes. */
  readonly deleteMarker: boolean;
  /** File that holds the bytes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Headers that are given back with the bytes, `content-type` among them; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without quotes. */
  readonly eTag: string;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly lastModifiedMs: number;
}

/** What is known of an object before its bytes are stored. */
export interface ObjectHead {
  /** Headers that are given back with the bytes, `content-type` among them; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes that lie in a file of the emulator's own folder. */
export interface StoredBytes {
  readonly path: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
}

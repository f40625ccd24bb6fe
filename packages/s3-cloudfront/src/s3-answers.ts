import type { UploadedPart } from '@videostorage/core';
import type { StorageClass } from './bucket-options.ts';

/** The headers that an object is stored with. */
export interface ObjectHead {
  /** Sent to viewers as `Content-Type`. */
  readonly contentType: string;
  /** Sent as `x-amz-meta-cache-tag`, by which CloudFront can invalidate. */
  readonly cacheTag?: string | undefined;
  /** Absent: the bucket's default. */
  readonly storageClass?: StorageClass | undefined;
}

/** A form that stores exactly one object. */
export interface PresignedPost {
  /** Where it is sent. */
  readonly url: string;
  /** All of them must be sent, before the file. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A part as the store lists it. */
export interface ListedPart extends UploadedPart {
  /** Identifies its content when the parts are joined. */
  readonly eTag: string;
}

/** An object as a list describes it. */
export interface ListedObject {
  /** Whole key. */
  readonly key: string;
  /** By the store's clock. */
  readonly modifiedAtMs: number;
  /** Absent when the store does not say. */
  readonly sizeBytes?: number;
}

/** An upload in parts that is neither completed nor aborted. */
export interface ListedUpload {
  /** Key of the object that it becomes. */
  readonly key: string;
  /** S3's own id. */
  readonly s3UploadId: string;
  /** By the store's clock. */
  readonly beganAtMs: number;
}

/** A version, or the marker that hides those below it. */
export interface ListedVersion {
  /** Whole key. */
  readonly key: string;
  /** `null` for an object written before versioning was enabled. */
  readonly versionId: string;
  /** Whether a GET without a version id returns it. */
  readonly isLatest: boolean;
  /** A delete marker. */
  readonly isMarker: boolean;
}

/** An object, or one version of it. */
export interface DeleteTarget {
  /** Whole key. */
  readonly key: string;
  /** Absent: the object, which becomes an old version where the bucket keeps them. */
  readonly versionId?: string | undefined;
}

/** A key that could not be deleted, with S3's error code. */
export interface RefusedDelete extends DeleteTarget {
  /** For instance `AccessDenied`. */
  readonly code: string;
}

/** Where the next page of a list with two markers begins. */
export interface ListMarker {
  /** After this key … */
  readonly key: string;
  /** … and this version or upload of it. */
  readonly id: string;
}

import type { UploadedPart } from '@videostorage/core';
import type { StorageClass } from './bucket-options.ts';

/** What an object is written with; nothing else stands in its headers. */
export interface ObjectHead {
  /** Sent to viewers as `Content-Type`. */
  readonly contentType: string;
  /** Sent as `x-amz-meta-cache-tag`, which an edge can be asked to drop. */
  readonly cacheTag?: string | undefined;
  /** What it costs to keep and to read. */
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
  /** Names its bytes. */
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
  /** Of the object to be. */
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
  /** `null` for what was written before versions were switched on. */
  readonly versionId: string;
  /** What a GET without a version meets. */
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

/** What could not be deleted, and why in S3's words. */
export interface RefusedDelete extends DeleteTarget {
  /** For instance `AccessDenied`. */
  readonly code: string;
}

/** Where a list of two markers goes on. */
export interface ListMarker {
  /** After this key … */
  readonly key: string;
  /** … and this version or upload of it. */
  readonly id: string;
}

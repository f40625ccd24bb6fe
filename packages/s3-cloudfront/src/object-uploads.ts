import {
  type CallOptions,
  type Clock,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  type StoredVideo,
  toTimestamp,
  type UploadClaims,
  ValidationError,
} from '@videostorage/core';
import { cacheTagOf } from './edge.ts';
import { inspectObject } from './inspect-object.ts';
import { decodeMultipartState, encodeMultipartState, type MultipartState } from './multipart-state.ts';
import type { ObjectKeys } from './object-key.ts';
import { encodeObjectMetadata, METADATA_FIELD } from './object-metadata.ts';
import type { ParsedS3CloudFrontOptions } from './parsed-options.ts';
import { MAX_OBJECT_SIZE_BYTES, MAX_SINGLE_UPLOAD_BYTES, planParts } from './part-plan.ts';
import type { ListedPart, S3Client } from './s3-client.ts';
import { toVideoMetadata } from './video-of-object.ts';

const POST_SECONDS = 3600;
const MULTIPART_SECONDS = 86_400;

/** What uploads need of the settings. */
export type ObjectUploadsOptions = Pick<
  ParsedS3CloudFrontOptions,
  'multipartThresholdBytes' | 'partSizeBytes' | 'inspectContent' | 'uploadExpiresInSeconds'
> & {
  /** Whether objects carry a cache tag for the edges. */
  readonly cacheTags: boolean;
};

/** Creates the upload of one object, and finds what arrived of it. */
export class ObjectUploads {
  readonly #s3: S3Client;
  readonly #keys: ObjectKeys;
  readonly #options: ObjectUploadsOptions;
  readonly #clock: Clock;

  constructor(s3: S3Client, keys: ObjectKeys, options: ObjectUploadsOptions, clock: Clock) {
    this.#s3 = s3;
    this.#keys = keys;
    this.#options = options;
    this.#clock = clock;
  }

  /** One POST, or parts above the threshold. @throws {ValidationError} larger than any object can be */
  async create(videoId: string, request: IdentifiedUploadRequest, options: CallOptions): Promise<IssuedUpload> {
    const { sizeBytes, mimeType } = request;
    if (sizeBytes > MAX_OBJECT_SIZE_BYTES) {
      const message = 'The file is larger than the 48.8 TiB that the storage can hold.';
      throw new ValidationError([{ path: 'sizeBytes', code: 'FILE_TOO_LARGE', message }]);
    }
    const key = this.#keys.generateObjectKey(videoId);
    const metadata = {
      [METADATA_FIELD]: encodeObjectMetadata(request),
      ...(this.#options.cacheTags && { 'cache-tag': cacheTagOf(videoId) }),
    };
    const inParts = sizeBytes >= this.#options.multipartThresholdBytes || sizeBytes > MAX_SINGLE_UPLOAD_BYTES;
    const wantedSeconds = this.#options.uploadExpiresInSeconds ?? (inParts ? MULTIPART_SECONDS : POST_SECONDS);
    // Parts are signed when they are sent, with the credentials of that time; a form is signed now.
    const expiresInSeconds = inParts ? wantedSeconds : await this.#s3.signableSeconds(wantedSeconds);
    const expiresAt = toTimestamp(this.#clock.now() + expiresInSeconds * 1000);
    if (inParts) {
      const plan = planParts(sizeBytes, this.#options.partSizeBytes);
      const s3UploadId = await this.#s3.createMultipartUpload(key, mimeType, metadata, options.signal);
      const state = encodeMultipartState({ s3UploadId, partSizeBytes: plan.partSizeBytes });
      return { protocol: 'multipart', videoId, expiresAt, ...plan, state };
    }
    const { url, fields } = await this.#s3.getPresignedPost({ key, mimeType, sizeBytes, metadata, expiresInSeconds });
    return { protocol: 'post', videoId, expiresAt, url, fields, fileField: 'file' };
  }

  /** What the bucket holds, multipart uploads completed first; undefined while bytes are missing. */
  async findArrived(claims: UploadClaims, signal: AbortSignal): Promise<StoredVideo | undefined> {
    const { key } = this.#keys.locate(claims.videoId);
    const state = decodeMultipartState(claims.state);
    let object = await this.#s3.getObjectMetadata(key, signal);
    if (object === undefined && state !== undefined) {
      const failed = await this.#complete(key, state, claims, signal);
      if (failed !== undefined) return failed === 'pending' ? undefined : failed;
      object = await this.#s3.getObjectMetadata(key, signal);
    }
    if (object === undefined) return undefined;
    const video = toVideoMetadata(claims.videoId, object);
    // What has the wrong size is refused anyway; there is no need to read it.
    if (!this.#options.inspectContent || object.sizeBytes !== claims.sizeBytes) return video;
    return inspectObject(this.#s3, key, video, claims, signal);
  }

  /** Undefined: read the object again; else what is missing, or why it cannot be completed. */
  async #complete(
    key: string,
    state: MultipartState,
    claims: UploadClaims,
    signal: AbortSignal,
  ): Promise<StoredVideo | 'pending' | undefined> {
    const parts = await this.#s3.listParts(key, state.s3UploadId, signal);
    if (parts === undefined) return undefined;
    const sum = parts.reduce((bytes, part) => bytes + part.sizeBytes, 0);
    if (sum > claims.sizeBytes) {
      await this.#s3.abortMultipartUpload(key, state.s3UploadId, signal);
      const message = `The parts have ${sum} bytes; ${claims.sizeBytes} were declared.`;
      const failure = { code: 'SIZE_MISMATCH', message } as const;
      const createdAt = toTimestamp(this.#clock.now());
      return { videoId: claims.videoId, status: 'failed', playable: false, createdAt, failure };
    }
    if (sum < claims.sizeBytes || !areConsecutive(parts)) return 'pending';
    const { s3UploadId } = state;
    const completion = await this.#s3.completeMultipartUpload(key, s3UploadId, parts, claims.sizeBytes, signal);
    // Parts that nobody will join any more would be billed on.
    if (completion === 'taken') await this.#s3.abortMultipartUpload(key, s3UploadId, signal);
    return undefined;
  }
}

function areConsecutive(parts: readonly ListedPart[]): boolean {
  return parts.every((part, index) => part.partNumber === index + 1);
}

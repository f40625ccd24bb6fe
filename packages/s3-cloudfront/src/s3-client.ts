import * as aws from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Clock, ConfigurationError, type UploadedPart } from '@videostorage/core';
import { abortable } from './abortable.ts';
import { AwsError, awsErrorName, isPositiveNotFound, toBackendError, unreadable } from './aws-error.ts';
import { PartSigner, type SignableUpload } from './part-signer.ts';

/** One stored object, as HEAD tells it. */
export interface ObjectDetails {
  readonly sizeBytes: number;
  readonly mimeType: string | undefined;
  /** The ETag: told by HEAD and by lists alike, and another one when other bytes are stored. */
  readonly revision: string;
  readonly lastModified: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A form that stores exactly one object. */
export interface PresignedPost {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A part as the store lists it. */
export interface ListedPart extends UploadedPart {
  readonly eTag: string;
}

/** How completing an upload in parts went: `taken` = the key holds an object already, `unknown` = no such upload (any more). */
export type Completion = 'completed' | 'taken' | 'unknown';

/** S3's API of one bucket, in our words. No retry, no log, no limit: a client has no policy. */
export class S3Client {
  readonly #client: aws.S3Client;
  readonly #bucket: string;
  readonly #clock: Clock;
  /** The bucket has answered for itself, so that a missing object is not a missing bucket. */
  #bucketSeen = false;

  constructor(client: aws.S3Client, bucket: string, clock: Clock) {
    this.#client = client;
    this.#bucket = bucket;
    this.#clock = clock;
  }

  /** How long a signature made now can hold: what is wanted, but never longer than temporary credentials live. */
  async signableSeconds(wantedSeconds: number): Promise<number> {
    const { expiration } = await this.#call(() => this.#client.config.credentials());
    if (expiration === undefined) return wantedSeconds;
    const leftSeconds = Math.floor((expiration.getTime() - this.#clock.now()) / 1000);
    return Math.max(1, Math.min(wantedSeconds, leftSeconds));
  }

  /** A form that stores one object: exactly this key, type, size and metadata, answered by 201. */
  getPresignedPost(object: {
    readonly key: string;
    readonly mimeType: string;
    readonly sizeBytes: number;
    readonly metadata: Readonly<Record<string, string>>;
    readonly expiresInSeconds: number;
  }): Promise<PresignedPost> {
    const { key, mimeType, sizeBytes, metadata, expiresInSeconds } = object;
    const metadataFields = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
    return this.#call(() =>
      createPresignedPost(this.#client, {
        Bucket: this.#bucket,
        Key: key,
        Expires: expiresInSeconds,
        Fields: { 'Content-Type': mimeType, success_action_status: '201', ...Object.fromEntries(metadataFields) },
        Conditions: [['content-length-range', sizeBytes, sizeBytes]],
      }),
    );
  }

  /** A URL to read an object. Asks nobody. */
  async getPresignedGetUrl(key: string, expiresInSeconds: number, contentDisposition?: string): Promise<string> {
    const command = new aws.GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      ...(contentDisposition !== undefined && { ResponseContentDisposition: contentDisposition }),
    });
    return this.#call(() => getSignedUrl(this.#client, command, { expiresIn: expiresInSeconds }));
  }

  /** Signs parts of one upload, each for exactly its length. Asks nobody. @throws {ConfigurationError} an injected client that adds checksums */
  async signParts(
    upload: Omit<SignableUpload, 'bucket'>,
  ): Promise<(partNumber: number, sizeBytes: number) => Promise<string>> {
    await this.#call(() => this.#requireNoDefaultChecksum());
    const signer = new PartSigner(this.#client, { ...upload, bucket: this.#bucket });
    return (partNumber, sizeBytes) => this.#call(() => signer.sign(partNumber, sizeBytes));
  }

  /** Begins an upload in parts; gives S3's own upload id. */
  async createMultipartUpload(
    key: string,
    mimeType: string,
    metadata: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<string> {
    const command = new aws.CreateMultipartUploadCommand({
      Bucket: this.#bucket,
      Key: key,
      ContentType: mimeType,
      Metadata: { ...metadata },
    });
    const { UploadId } = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
    return UploadId ?? unreadable();
  }

  /** All parts that have arrived, page by page; undefined when the upload is unknown, completed or aborted. */
  async listParts(key: string, s3UploadId: string, signal?: AbortSignal): Promise<readonly ListedPart[] | undefined> {
    const parts: ListedPart[] = [];
    let marker: string | undefined;
    // 10 000 parts at most, 1 000 a page.
    for (let page = 0; page < 11; page++) {
      const command = new aws.ListPartsCommand({
        Bucket: this.#bucket,
        Key: key,
        UploadId: s3UploadId,
        ...(marker !== undefined && { PartNumberMarker: marker }),
      });
      const answer = await this.#unlessGone(() => this.#client.send(command, abortable(signal)), signal);
      if (answer === undefined) return undefined;
      if (answer.UploadId !== s3UploadId) return unreadable();
      for (const { PartNumber, Size, ETag } of answer.Parts ?? []) {
        if (PartNumber === undefined || Size === undefined || ETag === undefined) return unreadable();
        parts.push({ partNumber: PartNumber, sizeBytes: Size, eTag: ETag });
      }
      if (answer.IsTruncated !== true) return parts;
      if (answer.NextPartNumberMarker === undefined || answer.NextPartNumberMarker === marker) return unreadable();
      marker = answer.NextPartNumberMarker;
    }
    return unreadable();
  }

  /** Joins the parts, unless the key holds an object or the sum differs. */
  async completeMultipartUpload(
    key: string,
    s3UploadId: string,
    parts: readonly ListedPart[],
    sizeBytes: number,
    signal?: AbortSignal,
  ): Promise<Completion> {
    const command = new aws.CompleteMultipartUploadCommand({
      Bucket: this.#bucket,
      Key: key,
      UploadId: s3UploadId,
      IfNoneMatch: '*',
      MpuObjectSize: sizeBytes,
      MultipartUpload: { Parts: parts.map((part) => ({ PartNumber: part.partNumber, ETag: part.eTag })) },
    });
    try {
      const answer = await this.#client.send(command, abortable(signal));
      if (answer.Key === key) return 'completed';
    } catch (error) {
      signal?.throwIfAborted();
      if (awsErrorName(error) === 'NoSuchUpload') return 'unknown';
      if (awsErrorName(error) === 'PreconditionFailed') return 'taken';
      throw toBackendError('S3', error, this.#clock.now());
    }
    return unreadable();
  }

  /** Releases all parts; an unknown upload is released already. */
  async abortMultipartUpload(key: string, s3UploadId: string, signal?: AbortSignal): Promise<void> {
    const command = new aws.AbortMultipartUploadCommand({ Bucket: this.#bucket, Key: key, UploadId: s3UploadId });
    const answer = await this.#unlessGone(() => this.#client.send(command, abortable(signal)), signal);
    if (answer !== undefined && answer.$metadata.httpStatusCode !== 204) return unreadable();
  }

  /** Removes one object, or one version of it; missing is success. Tells whether a delete marker was put in its place. */
  async deleteObject(key: string, versionId?: string, signal?: AbortSignal): Promise<{ readonly marked: boolean }> {
    const version = versionId === undefined ? {} : { VersionId: versionId };
    const command = new aws.DeleteObjectCommand({ Bucket: this.#bucket, Key: key, ...version });
    const answer = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
    if (answer.$metadata.httpStatusCode !== 204) return unreadable();
    return { marked: versionId === undefined && answer.DeleteMarker === true };
  }

  /** HEAD; undefined only for a 404 that the store itself sent, from a bucket that is there. */
  async getObjectMetadata(key: string, signal?: AbortSignal): Promise<ObjectDetails | undefined> {
    const command = new aws.HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    const head = await this.#unlessGone(() => this.#client.send(command, abortable(signal)), signal);
    if (head === undefined) return this.#notInBucket(signal);
    this.#bucketSeen = true;
    // A proxy's page has a length and a type too; taken for the object, it would make a good video look wrong.
    if (head.ContentLength === undefined || head.ETag === undefined || head.LastModified === undefined)
      return unreadable();
    if (head.$metadata.requestId === undefined) return unreadable();
    return {
      sizeBytes: head.ContentLength,
      mimeType: head.ContentType,
      revision: head.ETag.replaceAll('"', ''),
      lastModified: head.LastModified,
      metadata: head.Metadata ?? {},
    };
  }

  /** False only for a 404 that the store itself sent, from a bucket that is there. */
  async objectExists(key: string, signal?: AbortSignal): Promise<boolean> {
    return (await this.getObjectMetadata(key, signal)) !== undefined;
  }

  /** Bytes `start` up to, not including, `end`. */
  async readRange(key: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const command = new aws.GetObjectCommand({ Bucket: this.#bucket, Key: key, Range: `bytes=${start}-${end - 1}` });
    return this.#call(async () => {
      const { Body, ContentRange } = await this.#client.send(command, abortable(signal));
      const bytes = (await Body?.transformToByteArray()) ?? unreadable();
      // What is no answer to a range is no part of the object, so nothing may be concluded from it.
      const isThatRange = ContentRange?.startsWith(`bytes ${start}-${start + bytes.length - 1}/`);
      return isThatRange === true ? bytes : unreadable();
    }, signal);
  }

  /** HEAD says 404 for a missing bucket too: all videos would seem gone where only a setting is wrong. Asked until once answered. */
  async #notInBucket(signal: AbortSignal | undefined): Promise<undefined> {
    if (this.#bucketSeen) return undefined;
    const command = new aws.HeadBucketCommand({ Bucket: this.#bucket });
    try {
      const answer = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
      if (answer.$metadata.requestId === undefined) return unreadable();
    } catch (error) {
      // A bucket that may not be looked at is there all the same.
      if (!(error instanceof AwsError) || error.status !== 403) throw error;
    }
    this.#bucketSeen = true;
    return undefined;
  }

  async #requireNoDefaultChecksum(): Promise<void> {
    if ((await this.#client.config.requestChecksumCalculation()) === 'WHEN_REQUIRED') return;
    throw new ConfigurationError(
      "Make the injected S3Client with `requestChecksumCalculation: 'WHEN_REQUIRED'`: otherwise the checksum of an empty body is signed into every part.",
    );
  }

  async #call<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#translate(error, signal);
    }
  }

  /** Stores name what is missing differently (`NoSuchUpload`, `NoSuchKey`, `NotFound`); a missing bucket is a wrong setting. */
  async #unlessGone<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isPositiveNotFound(error) && awsErrorName(error) !== 'NoSuchBucket') return undefined;
      throw this.#translate(error, signal);
    }
  }

  #translate(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    if (error instanceof AwsError || error instanceof ConfigurationError) return error;
    return toBackendError('S3', error, this.#clock.now());
  }
}

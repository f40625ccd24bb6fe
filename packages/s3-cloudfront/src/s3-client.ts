import * as aws from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Clock, ConfigurationError } from '@videostorage/core';
import { abortable } from './abortable.ts';
import { AwsError, awsErrorName, saysMissing, toBackendError, unreadable } from './aws-error.ts';
import { bodyOf, readBounded } from './bounded-body.ts';
import type { BucketOptions, ChecksumAlgorithm } from './bucket-options.ts';
import { PartSigner, type SignableUpload } from './part-signer.ts';
import type {
  DeleteTarget,
  ListedObject,
  ListedPart,
  ListedUpload,
  ListedVersion,
  ListMarker,
  ObjectHead,
  PresignedPost,
  RefusedDelete,
} from './s3-answers.ts';
import { signingDate, storeSkewMs } from './store-clock.ts';

/** Settings that all requests to one bucket share. */
export interface S3ClientOptions extends Pick<BucketOptions, 'requesterPays' | 'kmsKeyId' | 'checksumAlgorithm'> {
  /** Name of the bucket. */
  readonly bucket: string;
  /** The store's time: credentials end by it, and it dates its answers. */
  readonly clock: Pick<Clock, 'now'>;
  /** Signs forms and parts. Default: the client itself. */
  readonly senders?: aws.S3Client | undefined;
}

/** S3's API for one bucket. It neither retries, logs nor limits. */
export class S3Client {
  readonly #client: aws.S3Client;
  readonly #senders: aws.S3Client;
  readonly #bucket: string;
  /** In every request. */
  readonly #target: { readonly Bucket: string; readonly RequestPayer?: 'requester' };
  /** In every request that writes an object. */
  readonly #encryption: { readonly ServerSideEncryption?: 'aws:kms'; readonly SSEKMSKeyId?: string };
  /** In every request whose bytes are known here. */
  readonly #checksum: { readonly ChecksumAlgorithm?: ChecksumAlgorithm };
  readonly #clock: Pick<Clock, 'now'>;

  /** `senders`: signs what browsers send, where they use another endpoint. */
  constructor(client: aws.S3Client, { bucket, clock, senders = client, ...how }: S3ClientOptions) {
    const { requesterPays = false, kmsKeyId, checksumAlgorithm } = how;
    this.#client = client;
    this.#senders = senders;
    this.#bucket = bucket;
    this.#target = { Bucket: bucket, ...(requesterPays && { RequestPayer: 'requester' }) };
    this.#encryption = kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId };
    this.#checksum = checksumAlgorithm === undefined ? {} : { ChecksumAlgorithm: checksumAlgorithm };
    this.#clock = clock;
  }

  /** How far the store's clock is ahead of the host app's, in whole seconds; 0 below a minute. */
  get skewMs(): number {
    return storeSkewMs(this.#client);
  }

  /**
   * How long a signature made now is valid: as long as wanted, but never longer than temporary credentials.
   * @throws {AwsError} `ExpiredToken`: they have expired
   */
  async signableSeconds(wantedSeconds: number): Promise<number> {
    const { expiration } = await this.#call(() => this.#client.config.credentials());
    if (expiration === undefined) return wantedSeconds;
    const leftSeconds = Math.floor((expiration.getTime() - this.#clock.now()) / 1000);
    if (leftSeconds < 1) throw new AwsError('S3', 'BACKEND_REFUSED', 'ExpiredToken');
    return Math.min(wantedSeconds, leftSeconds);
  }

  /** A form that stores one object: exactly this key, type and size, answered by 201. Signed locally. */
  getPresignedPost(object: {
    readonly key: string;
    readonly mimeType: string;
    readonly sizeBytes: number;
    readonly expiresInSeconds: number;
  }): Promise<PresignedPost> {
    const { key, mimeType, sizeBytes, expiresInSeconds } = object;
    return this.#call(() =>
      createPresignedPost(this.#signing(), {
        Bucket: this.#bucket,
        Key: key,
        Expires: expiresInSeconds,
        Fields: { 'Content-Type': mimeType, success_action_status: '201', ...this.#formFields() },
        Conditions: [['content-length-range', sizeBytes, sizeBytes]],
      }),
    );
  }

  /**
   * Whether the store accepts POST forms at all. Sends a form without fields, which every store must refuse.
   * @returns false when it answers that it does not implement them
   */
  async takesForms(signal: AbortSignal): Promise<boolean> {
    const { url } = await this.#call(() =>
      createPresignedPost(this.#client, { Bucket: this.#bucket, Key: 'uploads/' }),
    );
    const { protocol, hostname, port, pathname } = new URL(url);
    const request = {
      ...{ method: 'POST', protocol, hostname, path: pathname, query: {}, body: '--none--\r\n' },
      ...(port !== '' && { port: Number(port) }),
      headers: {
        host: new URL(url).host,
        'content-type': 'multipart/form-data; boundary=none',
        'content-length': '10',
      },
    };
    return this.#call(async () => {
      const { response } = await this.#client.config.requestHandler.handle(request, abortable(signal));
      response.body?.destroy?.();
      const { statusCode } = response;
      // An answer of an overloaded store, or of a proxy that does not reach it, proves nothing about forms.
      const provesNothing = statusCode === 429 || (statusCode >= 500 && statusCode !== 501);
      if (provesNothing) throw toBackendError('S3', { $metadata: { httpStatusCode: statusCode } }, this.#clock.now());
      return statusCode !== 501;
    }, signal);
  }

  /** A URL to read an object. Signed locally. */
  async getPresignedGetUrl(key: string, expiresInSeconds: number, disposition?: string): Promise<string> {
    const command = new aws.GetObjectCommand({
      ...this.#target,
      Key: key,
      ...(disposition !== undefined && { ResponseContentDisposition: disposition }),
    });
    const how = { expiresIn: expiresInSeconds, signingDate: signingDate(this.#client) };
    return this.#call(() => getSignedUrl(this.#client, command, how));
  }

  /** Signs parts of one upload, each for exactly its length. Signed locally. @throws {ConfigurationError} an injected client that adds checksums */
  async signParts(
    upload: Omit<SignableUpload, 'target'>,
  ): Promise<(partNumber: number, sizeBytes: number) => Promise<string>> {
    await this.#call(() => this.#requireNoDefaultChecksum());
    const signer = new PartSigner(this.#signing(), { ...upload, target: this.#target });
    return (partNumber, sizeBytes) => this.#call(() => signer.sign(partNumber, sizeBytes));
  }

  /** Begins an upload in parts. @returns S3's own upload id */
  async createMultipartUpload(key: string, head: ObjectHead, signal: AbortSignal): Promise<string> {
    const command = new aws.CreateMultipartUploadCommand({
      ...this.#target,
      Key: key,
      ...this.#encryption,
      ...toHead(head),
    });
    const { UploadId } = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
    return UploadId ?? unreadable();
  }

  /** All parts that have arrived, page by page; undefined when the upload is unknown, completed or aborted. */
  async listParts(key: string, s3UploadId: string, signal: AbortSignal): Promise<readonly ListedPart[] | undefined> {
    const parts: ListedPart[] = [];
    let marker: string | undefined;
    // 10 000 parts at most, 1 000 a page.
    for (let page = 0; page < 11; page++) {
      const command = new aws.ListPartsCommand({
        ...this.#target,
        Key: key,
        UploadId: s3UploadId,
        ...(marker !== undefined && { PartNumberMarker: marker }),
      });
      const answer = await this.#unlessMissing(
        GONE_UPLOAD,
        () => this.#client.send(command, abortable(signal)),
        signal,
      );
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

  /** Joins the parts at the key. @returns false when the upload is unknown, completed or aborted */
  async completeMultipartUpload(
    key: string,
    s3UploadId: string,
    parts: readonly ListedPart[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const command = new aws.CompleteMultipartUploadCommand({
      ...this.#target,
      Key: key,
      UploadId: s3UploadId,
      MultipartUpload: { Parts: parts.map((part) => ({ PartNumber: part.partNumber, ETag: part.eTag })) },
    });
    const answer = await this.#unlessMissing(GONE_UPLOAD, () => this.#client.send(command, abortable(signal)), signal);
    if (answer === undefined) return false;
    return answer.Key === key || unreadable();
  }

  /** Releases all parts; an unknown upload counts as released. */
  async abortMultipartUpload(key: string, s3UploadId: string, signal: AbortSignal): Promise<void> {
    const command = new aws.AbortMultipartUploadCommand({ ...this.#target, Key: key, UploadId: s3UploadId });
    const answer = await this.#unlessMissing(GONE_UPLOAD, () => this.#client.send(command, abortable(signal)), signal);
    if (answer !== undefined && answer.$metadata.httpStatusCode !== 204) return unreadable();
  }

  /** One page of the uploads in parts that are neither completed nor aborted. */
  async listMultipartUploads(
    page: { readonly prefix: string; readonly after?: ListMarker | undefined; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly uploads: readonly ListedUpload[]; readonly next?: ListMarker }> {
    const { prefix, after, limit } = page;
    const command = new aws.ListMultipartUploadsCommand({
      ...this.#target,
      Prefix: prefix,
      MaxUploads: limit,
      ...(after !== undefined && { KeyMarker: after.key, UploadIdMarker: after.id }),
    });
    const answer = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
    if (answer.Bucket !== this.#bucket) return unreadable();
    const uploads = (answer.Uploads ?? []).map(({ Key, UploadId, Initiated }) => {
      if (Key === undefined || UploadId === undefined || Initiated === undefined) return unreadable();
      if (!Key.startsWith(prefix)) return unreadable();
      return { key: Key, s3UploadId: UploadId, beganAtMs: Initiated.getTime() };
    });
    if (answer.IsTruncated !== true) return { uploads };
    return { uploads, next: toMarker(answer.NextKeyMarker, answer.NextUploadIdMarker, after) };
  }

  /** Copies an object of at most 5 GiB within the bucket, with other headers. @returns false when there is none to copy */
  async copyObject(fromKey: string, toKey: string, head: ObjectHead, signal: AbortSignal): Promise<boolean> {
    const command = new aws.CopyObjectCommand({
      ...this.#target,
      CopySource: `${this.#bucket}/${fromKey.split('/').map(encodeURIComponent).join('/')}`,
      Key: toKey,
      MetadataDirective: 'REPLACE',
      ...this.#encryption,
      ...this.#checksum,
      ...toHead(head),
    });
    const answer = await this.#unlessMissing(GONE_OBJECT, () => this.#client.send(command, abortable(signal)), signal);
    if (answer === undefined) return false;
    return answer.CopyObjectResult?.ETag !== undefined || unreadable();
  }

  /** Writes a small object. @returns false when it must be absent and is not */
  async putObject(
    object: {
      readonly key: string;
      readonly text: string;
      readonly contentType: string;
      readonly mustBeAbsent: boolean;
    },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { key, text, contentType, mustBeAbsent } = object;
    const command = new aws.PutObjectCommand({
      ...this.#target,
      Key: key,
      Body: text,
      ContentType: contentType,
      ...this.#encryption,
      ...this.#checksum,
      ...(mustBeAbsent && { IfNoneMatch: '*' }),
    });
    return this.#call(async () => {
      try {
        const { ETag } = await this.#client.send(command, abortable(signal));
        return ETag !== undefined || unreadable();
      } catch (error) {
        if (mustBeAbsent && awsErrorName(error) === 'PreconditionFailed') return false;
        throw error;
      }
    }, signal);
  }

  /** The whole content of a small object; undefined only when the store itself says that there is none. @throws {AwsError} more than `maxBytes` */
  getObject(key: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const command = new aws.GetObjectCommand({ ...this.#target, Key: key });
    return this.#unlessMissing(
      GONE_OBJECT,
      async () => {
        const { Body, ETag } = await this.#client.send(command, abortable(signal));
        if (ETag === undefined) return unreadable();
        return readBounded(bodyOf(Body, signal), maxBytes);
      },
      signal,
    );
  }

  /** Size of an object; undefined only when the store itself says that there is none. The answer to a HEAD has no body to say so, hence a GET. */
  async getSizeBytes(key: string, signal: AbortSignal): Promise<number | undefined> {
    const command = new aws.GetObjectCommand({ ...this.#target, Key: key, Range: 'bytes=0-0' });
    return this.#unlessMissing(
      GONE_OBJECT,
      async () => {
        try {
          const { Body, ContentRange } = await this.#client.send(command, abortable(signal));
          await readBounded(bodyOf(Body, signal), 1);
          const [, sizeBytes] = /^bytes 0-0\/(\d{1,15})$/.exec(ContentRange ?? '') ?? [];
          return sizeBytes === undefined ? unreadable() : Number(sizeBytes);
        } catch (error) {
          // An empty object has no first byte.
          if (awsErrorName(error) === 'InvalidRange') return 0;
          throw error;
        }
      },
      signal,
    );
  }

  /** Bytes `start` up to, not including, `end`. */
  async readRange(key: string, start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    const command = new aws.GetObjectCommand({ ...this.#target, Key: key, Range: `bytes=${start}-${end - 1}` });
    return this.#call(async () => {
      const { Body, ContentRange } = await this.#client.send(command, abortable(signal));
      const bytes = await readBounded(bodyOf(Body, signal), end - start);
      // Only an answer with exactly this range contains bytes of the object.
      const isThatRange = ContentRange?.startsWith(`bytes ${start}-${start + bytes.length - 1}/`);
      return isThatRange === true ? bytes : unreadable();
    }, signal);
  }

  /** One page of objects below a prefix, in S3's order. */
  async listObjects(
    page: { readonly prefix: string; readonly after?: string | undefined; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly objects: readonly ListedObject[]; readonly more: boolean }> {
    const { prefix, after, limit } = page;
    const command = new aws.ListObjectsV2Command({
      ...this.#target,
      Prefix: prefix,
      MaxKeys: limit,
      ...(after !== undefined && { StartAfter: after }),
    });
    const answer = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
    // A 200 that is not a listing (a proxy's page, an empty body) must not be read as an empty one.
    if (answer.Name !== this.#bucket) return unreadable();
    const objects = (answer.Contents ?? []).map(({ Key, LastModified, Size }) => {
      if (Key === undefined || LastModified === undefined) return unreadable();
      if (!Key.startsWith(prefix) || (after !== undefined && !isBehind(Key, after))) return unreadable();
      return { key: Key, modifiedAtMs: LastModified.getTime(), ...(Size !== undefined && { sizeBytes: Size }) };
    });
    const more = answer.IsTruncated === true;
    if (objects.length > limit || (more && objects.length === 0)) return unreadable();
    return { objects, more };
  }

  /** One page of versions and markers below a prefix, the newest of each key first. */
  async listVersions(
    prefix: string,
    after: ListMarker | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly versions: readonly ListedVersion[]; readonly next?: ListMarker }> {
    const command = new aws.ListObjectVersionsCommand({
      ...this.#target,
      Prefix: prefix,
      ...(after !== undefined && { KeyMarker: after.key, VersionIdMarker: after.id }),
    });
    const answer = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
    if (answer.Name !== this.#bucket) return unreadable();
    const toVersion = (isMarker: boolean) => (version: aws.DeleteMarkerEntry) => {
      const { Key, VersionId, IsLatest } = version;
      if (Key === undefined || VersionId === undefined || !Key.startsWith(prefix)) return unreadable();
      return { key: Key, versionId: VersionId, isLatest: IsLatest === true, isMarker };
    };
    const versions = [
      ...(answer.Versions ?? []).map(toVersion(false)),
      ...(answer.DeleteMarkers ?? []).map(toVersion(true)),
    ];
    if (answer.IsTruncated !== true) return { versions };
    return { versions, next: toMarker(answer.NextKeyMarker, answer.NextVersionIdMarker, after) };
  }

  /** Removes one object, or one version of it. Success also when it is missing. */
  async deleteObject({ key, versionId }: DeleteTarget, signal: AbortSignal): Promise<void> {
    const version = versionId === undefined ? {} : { VersionId: versionId };
    const command = new aws.DeleteObjectCommand({ ...this.#target, Key: key, ...version });
    const answer = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
    if (answer.$metadata.httpStatusCode !== 204) return unreadable();
  }

  /** Removes up to 1 000 objects or versions in one request, with the checksum that S3 requires. @returns the keys that were refused */
  async deleteObjects(targets: readonly DeleteTarget[], signal: AbortSignal): Promise<readonly RefusedDelete[]> {
    const Objects = targets.map(({ key, versionId }) => {
      return { Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
    });
    const command = new aws.DeleteObjectsCommand({ ...this.#target, Delete: { Objects } });
    const answer = await this.#call(() => this.#client.send(command, abortable(signal)), signal);
    const { Deleted = [], Errors = [] } = answer;
    // The status is 200 even when every key was refused.
    if (Deleted.length + Errors.length !== targets.length) return unreadable();
    return Errors.map(({ Key, VersionId, Code }) => {
      if (Key === undefined || Code === undefined) return unreadable();
      return { key: Key, code: Code, ...(VersionId !== undefined && { versionId: VersionId }) };
    });
  }

  /** The client that signs what browsers send. It sends no request, so it takes the store's clock from the other client. */
  #signing(): aws.S3Client {
    this.#senders.config.systemClockOffset = this.#client.config.systemClockOffset;
    return this.#senders;
  }

  #formFields(): Record<string, string> {
    const { ServerSideEncryption: algorithm, SSEKMSKeyId: keyId } = this.#encryption;
    return {
      ...(algorithm !== undefined && { 'x-amz-server-side-encryption': algorithm }),
      ...(keyId !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': keyId }),
      ...(this.#target.RequestPayer !== undefined && { 'x-amz-request-payer': this.#target.RequestPayer }),
    };
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

  /** Undefined only where the store's own error code says that the object or upload is missing; a missing bucket is an error. */
  async #unlessMissing<T>(
    codes: readonly string[],
    work: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (saysMissing(error, codes)) return undefined;
      throw this.#translate(error, signal);
    }
  }

  #translate(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    if (error instanceof AwsError || error instanceof ConfigurationError) return error;
    return toBackendError('S3', error, this.#clock.now());
  }
}

const GONE_OBJECT = ['NoSuchKey'];
/** Ceph answers `NoSuchKey` for a completed upload. */
const GONE_UPLOAD = ['NoSuchUpload', 'NoSuchKey'];

function toHead({ contentType, cacheTag, storageClass }: ObjectHead) {
  return {
    ContentType: contentType,
    ...(cacheTag !== undefined && { Metadata: { 'cache-tag': cacheTag } }),
    ...(storageClass !== undefined && { StorageClass: storageClass }),
  };
}

/** By the bytes of UTF-8, as S3 lists: `<` compares UTF-16, where an emoji comes before a full-width letter. */
function isBehind(key: string, after: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}

/** Refuses a page that continues where it began: the list would never end. */
function toMarker(key: string | undefined, id: string | undefined, before: ListMarker | undefined): ListMarker {
  if (key === undefined || id === undefined || (key === before?.key && id === before.id)) return unreadable();
  return { key, id };
}

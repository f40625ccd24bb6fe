import { type Clock, toTimestamp, ValidationError } from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';
import {
  type CreatedUpload,
  type DeclaredUpload,
  type Edge,
  type KeyPage,
  type KeyPageRequest,
  type Leftover,
  type LeftoverPage,
  type NewUpload,
  type ObjectStore,
  type Source,
  sourceKey,
  type UploadHandle,
  videoKey,
  videoPrefix,
} from '@videostorage/object-storage';
import type { StorageClass } from './bucket-options.ts';
import { cacheTagOf } from './cloudfront-edge.ts';
import { DocumentWriter, MAX_DOCUMENT_BYTES } from './document-writer.ts';
import { listLeftovers, removeLeftover } from './leftovers.ts';
import type { ObjectKeys } from './object-key.ts';
import { MAX_OBJECT_SIZE_BYTES, planParts } from './part-plan.ts';
import type { ObjectHead } from './s3-answers.ts';
import type { S3Client } from './s3-client.ts';
import { decodeSentUpload, encodeSentUpload, formKey, formOf } from './sent-upload.ts';
import { lackOf, type StoreAbilities } from './store-abilities.ts';
import { VersionedBucket } from './versioned-bucket.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Settings of `S3ObjectStore`. */
export interface S3ObjectStoreOptions {
  /** Files of at least this size are sent in parts. At most 5 GiB, since a form carries no more. */
  readonly multipartThresholdBytes: number;
  /** Preferred size of a part. */
  readonly partSizeBytes: number;
  /** False: the bucket keeps no versions, so none are listed. Undefined: every delete lists them. */
  readonly versionedBucket?: boolean | undefined;
  /** Whether videos carry a cache tag for invalidation. */
  readonly cacheTags: boolean;
  /** Storage class of the videos. Default: the bucket's. */
  readonly storageClass?: StorageClass | undefined;
  /** What the store lacks. */
  readonly abilities: StoreAbilities;
}

/** Collaborators of `S3ObjectStore`. */
export interface S3ObjectStoreParts {
  /** S3's API. */
  readonly s3: S3Client;
  /** Names of objects. */
  readonly keys: ObjectKeys;
  /** The time. */
  readonly clock: Clock;
  /** The distribution in front of the bucket. */
  readonly edge?: Edge | undefined;
}

/**
 * The dialect of S3. A form arrives at `uploads/<id>.form.<hash>`, and its sources are copies of it. Parts are joined at the final
 * key, and their source is S3's own multipart upload. A form has at most 5 GiB, so that one CopyObject suffices.
 */
export class S3ObjectStore implements ObjectStore {
  /** @inheritDoc */
  declare readonly edge?: Edge;
  readonly #s3: S3Client;
  readonly #keys: ObjectKeys;
  readonly #clock: Clock;
  readonly #options: S3ObjectStoreOptions;
  readonly #versions: VersionedBucket;
  readonly #documents: DocumentWriter;
  /** Whether the store has shown that it accepts forms; asked when a form has not arrived, until it has. */
  #takesForms: boolean;

  /** Over one bucket. */
  constructor({ s3, keys, clock, edge }: S3ObjectStoreParts, options: S3ObjectStoreOptions) {
    this.#s3 = s3;
    this.#keys = keys;
    this.#clock = clock;
    this.#options = options;
    const { createIfAbsent, deleteChecksums, postPolicies } = options.abilities;
    this.#versions = new VersionedBucket(s3, options.versionedBucket, deleteChecksums !== false);
    this.#documents = new DocumentWriter(s3, createIfAbsent !== false);
    this.#takesForms = postPolicies === false;
    if (edge !== undefined) this.edge = edge;
  }

  /** One form, or parts from the threshold on. @throws {ValidationError} larger than any object can be */
  async createUpload(upload: NewUpload, signal: AbortSignal): Promise<CreatedUpload> {
    // A form is signed without a request, so nothing else checks the signal.
    signal.throwIfAborted();
    const { uploadId, videoId, sizeBytes, mimeType, expiresAtMs } = upload;
    if (sizeBytes > MAX_OBJECT_SIZE_BYTES) {
      const message = 'The file is larger than the 48.8 TiB that the storage can hold.';
      throw new ValidationError([{ path: 'sizeBytes', code: 'FILE_TOO_LARGE', message }]);
    }
    if (sizeBytes >= this.#options.multipartThresholdBytes) {
      const plan = planParts(sizeBytes, this.#options.partSizeBytes);
      const key = this.#keys.toBucket(videoKey(videoId));
      const s3UploadId = await this.#s3.createMultipartUpload(key, this.#headOf(videoId, mimeType), signal);
      const state = encodeSentUpload({ s3UploadId, partSizeBytes: plan.partSizeBytes });
      // Parts are signed when they are sent, with the credentials of that time.
      return { protocol: 'multipart', expiresAt: toTimestamp(expiresAtMs('multipart')), ...plan, state };
    }
    const nowMs = this.#clock.now();
    const expiresInSeconds = await this.#s3.signableSeconds(Math.floor((expiresAtMs('post') - nowMs) / 1000));
    const form = formOf(upload);
    const key = this.#keys.toBucket(formKey(uploadId, form));
    const { url, fields } = await this.#s3.getPresignedPost({ key, mimeType, sizeBytes, expiresInSeconds });
    const expiresAt = toTimestamp(nowMs + expiresInSeconds * 1000);
    return { protocol: 'post', expiresAt, url, fields, fileField: 'file', state: encodeSentUpload(form) };
  }

  /** @inheritDoc */
  async takeSource(upload: DeclaredUpload, attempt: string, signal: AbortSignal): Promise<Source | undefined> {
    const { uploadId, videoId, sizeBytes, mimeType } = upload;
    const sent = decodeSentUpload(upload.state);
    if (sent === undefined) return undefined;
    if ('form' in sent) {
      const from = this.#keys.toBucket(formKey(uploadId, sent));
      const to = this.#keys.toBucket(sourceKey(uploadId, attempt));
      const isCopied = await this.#s3.copyObject(from, to, { contentType: mimeType }, signal);
      if (!isCopied) await this.#requireForms(signal);
      return isCopied ? { kind: 'copy', id: attempt } : undefined;
    }
    const parts = await this.#s3.listParts(this.#keys.toBucket(videoKey(videoId)), sent.s3UploadId, signal);
    const sum = parts?.reduce((bytes, part) => bytes + part.sizeBytes, 0) ?? 0;
    return sum < sizeBytes ? undefined : { kind: 'parts', id: sent.s3UploadId };
  }

  /** @inheritDoc */
  openSource({ uploadId }: UploadHandle, { id }: Source, signal: AbortSignal): Promise<RangeReader | undefined> {
    return this.#open(sourceKey(uploadId, id), signal);
  }

  /** @inheritDoc */
  async placeSource(upload: DeclaredUpload, source: Source, signal: AbortSignal): Promise<boolean> {
    const { uploadId, videoId, mimeType } = upload;
    const key = this.#keys.toBucket(videoKey(videoId));
    const isPlaced =
      source.kind === 'copy'
        ? await this.#s3.copyObject(
            this.#keys.toBucket(sourceKey(uploadId, source.id)),
            key,
            this.#headOf(videoId, mimeType),
            signal,
          )
        : await this.#join(key, source.id, signal);
    return isPlaced || (await this.#s3.getSizeBytes(key, signal)) !== undefined;
  }

  /** @inheritDoc */
  openVideo(videoId: string, signal: AbortSignal): Promise<RangeReader | undefined> {
    return this.#open(videoKey(videoId), signal);
  }

  /** @inheritDoc */
  async discardSource({ uploadId, videoId }: UploadHandle, { kind, id }: Source, signal: AbortSignal): Promise<void> {
    if (kind === 'copy') return this.removeDocument(sourceKey(uploadId, id), signal);
    await this.#s3.abortMultipartUpload(this.#keys.toBucket(videoKey(videoId)), id, signal);
  }

  /** @inheritDoc */
  async discardUpload({ uploadId, videoId, state }: UploadHandle, signal: AbortSignal): Promise<void> {
    const sent = decodeSentUpload(state);
    // Without a state the form's key is not known: the sweep or the bucket's lifecycle removes it.
    if (sent === undefined) return;
    if ('form' in sent) return this.removeDocument(formKey(uploadId, sent), signal);
    await this.#s3.abortMultipartUpload(this.#keys.toBucket(videoKey(videoId)), sent.s3UploadId, signal);
  }

  /** @inheritDoc */
  createDocument(key: string, text: string, signal: AbortSignal): Promise<boolean> {
    return this.#documents.create({ key: this.#keys.toBucket(key), text }, signal);
  }

  /** @inheritDoc */
  async readDocument(key: string, signal: AbortSignal): Promise<string | undefined> {
    const bytes = await this.#s3.getObject(this.#keys.toBucket(key), MAX_DOCUMENT_BYTES, signal);
    return bytes && decoder.decode(bytes);
  }

  /** @inheritDoc */
  async writeDocument(key: string, text: string, signal: AbortSignal): Promise<void> {
    await this.#documents.overwrite({ key: this.#keys.toBucket(key), text }, signal);
  }

  /** @inheritDoc */
  async removeDocument(key: string, signal: AbortSignal): Promise<void> {
    await this.#s3.deleteObject({ key: this.#keys.toBucket(key) }, signal);
  }

  /** @inheritDoc */
  listDocuments(prefix: string, page: KeyPageRequest, signal: AbortSignal): Promise<KeyPage> {
    return this.#list(prefix, page, signal);
  }

  /** @inheritDoc */
  listVideoKeys(videoId: string, page: KeyPageRequest, signal: AbortSignal): Promise<KeyPage> {
    return this.#list(videoPrefix(videoId), page, signal);
  }

  /** @inheritDoc */
  hideKeys(keys: readonly string[], signal: AbortSignal): Promise<void> {
    return this.#versions.hide(
      keys.map((key) => this.#keys.toBucket(key)),
      signal,
    );
  }

  /** @inheritDoc */
  freeVersions(videoId: string, signal: AbortSignal): Promise<{ readonly more: boolean; readonly retained: boolean }> {
    return this.#versions.free(this.#keys.locate(videoId).prefix, signal);
  }

  /** @inheritDoc */
  listLeftovers(
    page: { readonly cursor?: string | undefined; readonly limit: number },
    signal: AbortSignal,
  ): Promise<LeftoverPage> {
    return listLeftovers(this.#s3, this.#keys, page, signal);
  }

  /** @inheritDoc */
  removeLeftover(leftover: Leftover, signal: AbortSignal): Promise<void> {
    return removeLeftover(this.#s3, this.#keys, leftover, signal);
  }

  /** Every viewer receives these headers, so they contain nothing of the user or the host app. */
  #headOf(videoId: string, mimeType: string): ObjectHead {
    const { cacheTags, storageClass } = this.#options;
    return { contentType: mimeType, storageClass, ...(cacheTags && { cacheTag: cacheTagOf(videoId) }) };
  }

  async #join(key: string, s3UploadId: string, signal: AbortSignal): Promise<boolean> {
    const parts = await this.#s3.listParts(key, s3UploadId, signal);
    // S3 refuses to join no parts; an upload without parts is never elected.
    if (parts === undefined || parts.length === 0) return false;
    return this.#s3.completeMultipartUpload(key, s3UploadId, parts, signal);
  }

  /** On a store that refuses forms no form ever arrives: without this check the host app would see `NOT_UPLOADED` for ever. */
  async #requireForms(signal: AbortSignal): Promise<void> {
    if (this.#takesForms) return;
    if (!(await this.#s3.takesForms(signal))) throw lackOf('postPolicies');
    this.#takesForms = true;
  }

  async #open(key: string, signal: AbortSignal): Promise<RangeReader | undefined> {
    const bucketKey = this.#keys.toBucket(key);
    const sizeBytes = await this.#s3.getSizeBytes(bucketKey, signal);
    if (sizeBytes === undefined) return undefined;
    return { sizeBytes, read: (start, end, readers) => this.#s3.readRange(bucketKey, start, end, readers) };
  }

  async #list(prefix: string, { after, limit }: KeyPageRequest, signal: AbortSignal): Promise<KeyPage> {
    const page = {
      prefix: this.#keys.toBucket(prefix),
      limit,
      ...(after !== undefined && { after: this.#keys.toBucket(after) }),
    };
    const { objects, more } = await this.#s3.listObjects(page, signal);
    return { keys: objects.map((object) => ({ ...object, key: this.#keys.fromBucket(object.key) })), more };
  }
}

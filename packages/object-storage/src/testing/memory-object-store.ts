import {
  BackendError,
  checkOptions,
  type OptionSchemas,
  optional,
  optionOf,
  toTimestamp,
  wholeNumber,
} from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';
import type {
  CreatedUpload,
  DeclaredUpload,
  Edge,
  KeyPage,
  KeyPageRequest,
  Leftover,
  LeftoverPage,
  NewUpload,
  ObjectStore,
  Source,
  UploadHandle,
} from '../object-store.ts';
import { sourceKey, UPLOADS_PREFIX, uploadIdOfKey, uploadKey, videoKey, videoPrefix } from '../store-keys.ts';
import type { MemoryBucket, MemoryObject, MemoryParts } from './memory-bucket.ts';

const MAX_DOCUMENT_BYTES = 64 * 1024;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Options of `MemoryObjectStore`. */
export interface MemoryObjectStoreOptions {
  /** Uploads of at least this size are sent in parts. Default: never. */
  readonly partsFromBytes?: number | undefined;
  /** Size of every part but the last. Default 8. */
  readonly partSizeBytes?: number | undefined;
  /** What stands in front of the bucket. Default: nothing. */
  readonly edge?: Edge | undefined;
}

const OPTIONS = {
  partsFromBytes: optional(
    optionOf((value): value is number => typeof value === 'number' && value >= 0, 'must be a number of bytes from 0'),
  ),
  partSizeBytes: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER, 'bytes')),
  edge: optional(
    optionOf(
      (value): value is Edge => typeof value === 'object' && value !== null && 'purge' in value,
      'must be an Edge, for instance new MemoryEdge(bucket)',
    ),
  ),
} satisfies OptionSchemas<MemoryObjectStoreOptions>;

/** The dialect of a bucket in memory, for tests: with forms and parts, versions and an edge; each operation is atomic. */
export class MemoryObjectStore implements ObjectStore {
  /** @inheritDoc */
  declare readonly edge?: Edge;
  readonly #bucket: MemoryBucket;
  readonly #partsFromBytes: number;
  readonly #partSizeBytes: number;

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(bucket: MemoryBucket, options: MemoryObjectStoreOptions = {}) {
    checkOptions('MemoryObjectStore', options, OPTIONS);
    this.#bucket = bucket;
    this.#partsFromBytes = options.partsFromBytes ?? Number.POSITIVE_INFINITY;
    this.#partSizeBytes = options.partSizeBytes ?? 8;
    if (options.edge !== undefined) this.edge = options.edge;
  }

  /** @inheritDoc */
  async createUpload(upload: NewUpload, signal: AbortSignal): Promise<CreatedUpload> {
    signal.throwIfAborted();
    const { uploadId, videoId, sizeBytes, expiresAtMs } = upload;
    if (sizeBytes < this.#partsFromBytes) {
      const expiresAt = toTimestamp(expiresAtMs('post'));
      return { protocol: 'post', expiresAt, url: `memory:${uploadKey(uploadId)}`, fields: {}, fileField: 'file' };
    }
    const state = this.#bucket.beginParts(uploadId, videoId);
    const partSizeBytes = this.#partSizeBytes;
    const partCount = Math.ceil(sizeBytes / partSizeBytes);
    const expiresAt = toTimestamp(expiresAtMs('multipart'));
    return { protocol: 'multipart', expiresAt, partSizeBytes, partCount, state };
  }

  /** @inheritDoc */
  async takeSource(upload: DeclaredUpload, attempt: string, signal: AbortSignal): Promise<Source | undefined> {
    signal.throwIfAborted();
    const { uploadId, sizeBytes, state } = upload;
    if (state !== undefined) {
      const upload = this.#bucket.parts.get(state);
      return upload !== undefined && sizeOf(upload) === sizeBytes ? { kind: 'parts', id: state } : undefined;
    }
    const sent = this.#bucket.objects.get(uploadKey(uploadId));
    if (sent === undefined) return undefined;
    this.#bucket.put(sourceKey(uploadId, attempt), sent.bytes);
    return { kind: 'copy', id: attempt };
  }

  /** @inheritDoc */
  async openSource({ uploadId }: UploadHandle, { id }: Source, signal: AbortSignal): Promise<RangeReader | undefined> {
    signal.throwIfAborted();
    return toReader(this.#bucket.objects.get(sourceKey(uploadId, id)));
  }

  /** @inheritDoc */
  async placeSource(upload: DeclaredUpload, source: Source, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const key = videoKey(upload.videoId);
    const bytes = this.#bytesOf(upload, source);
    if (bytes === undefined) return this.#bucket.objects.has(key);
    this.#bucket.put(key, bytes, upload.mimeType);
    if (source.kind === 'parts') this.#bucket.parts.delete(source.id);
    return true;
  }

  /** @inheritDoc */
  async openVideo(videoId: string, signal: AbortSignal): Promise<RangeReader | undefined> {
    signal.throwIfAborted();
    return toReader(this.#bucket.objects.get(videoKey(videoId)));
  }

  /** @inheritDoc */
  async discardSource({ uploadId }: UploadHandle, { kind, id }: Source, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (kind === 'parts') this.#bucket.parts.delete(id);
    else this.#bucket.objects.delete(sourceKey(uploadId, id));
  }

  /** @inheritDoc */
  async discardUpload({ uploadId, state }: UploadHandle, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (state !== undefined) this.#bucket.parts.delete(state);
    this.#bucket.objects.delete(uploadKey(uploadId));
  }

  /** @inheritDoc */
  async createDocument(key: string, text: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (this.#bucket.objects.has(key)) return false;
    this.#bucket.put(key, encoder.encode(text), 'application/json');
    return true;
  }

  /** @inheritDoc */
  async readDocument(key: string, signal: AbortSignal): Promise<string | undefined> {
    signal.throwIfAborted();
    const stored = this.#bucket.objects.get(key);
    if (stored !== undefined && stored.bytes.length > MAX_DOCUMENT_BYTES) {
      throw new BackendError('BACKEND_BAD_RESPONSE', 'A document of the storage is larger than 64 KiB.');
    }
    return stored && decoder.decode(stored.bytes);
  }

  /** @inheritDoc */
  async writeDocument(key: string, text: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#bucket.objects.set(key, {
      bytes: encoder.encode(text),
      contentType: 'application/json',
      modifiedAtMs: this.#bucket.now(),
    });
  }

  /** @inheritDoc */
  async removeDocument(key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#bucket.objects.delete(key);
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
  async hideKeys(keys: readonly string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (const key of keys) this.#bucket.remove(key);
  }

  /** @inheritDoc */
  async freeVersions(videoId: string, signal: AbortSignal): Promise<{ more: boolean; retained: boolean }> {
    signal.throwIfAborted();
    const keys = [...this.#bucket.versions.keys()].filter((key) => key.startsWith(videoPrefix(videoId)));
    if (this.#bucket.locked) return { more: false, retained: keys.length > 0 };
    for (const key of keys) this.#bucket.versions.delete(key);
    return { more: false, retained: false };
  }

  /** @inheritDoc */
  async listLeftovers(
    { cursor = '', limit }: { readonly cursor?: string | undefined; readonly limit: number },
    signal: AbortSignal,
  ): Promise<LeftoverPage> {
    signal.throwIfAborted();
    const sent = [...this.#bucket.objects].flatMap(([key, { bytes, modifiedAtMs }]): Leftover[] => {
      const uploadId = uploadIdOfKey(key);
      if (uploadId === undefined || !key.startsWith(UPLOADS_PREFIX)) return [];
      return [{ id: key, uploadId, modifiedAtMs, sizeBytes: bytes.length }];
    });
    const parts = [...this.#bucket.parts].map(([id, upload]) => {
      return { id, uploadId: upload.uploadId, modifiedAtMs: upload.beganAtMs, sizeBytes: sizeOf(upload) };
    });
    const left = [...sent, ...parts].filter(({ id }) => id > cursor).sort((one, other) => (one.id < other.id ? -1 : 1));
    const leftovers = left.slice(0, limit);
    const last = leftovers.at(-1);
    return { leftovers, ...(left.length > limit && last !== undefined && { cursor: last.id }) };
  }

  /** @inheritDoc */
  async removeLeftover({ id }: Leftover, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#bucket.parts.delete(id);
    this.#bucket.objects.delete(id);
  }

  #bytesOf({ uploadId }: UploadHandle, { kind, id }: Source): Uint8Array | undefined {
    if (kind === 'copy') return this.#bucket.objects.get(sourceKey(uploadId, id))?.bytes;
    const upload = this.#bucket.parts.get(id);
    if (upload === undefined) return undefined;
    const parts = [...upload.parts].sort(([one], [other]) => one - other);
    return Uint8Array.from(parts.flatMap(([, bytes]) => [...bytes]));
  }

  async #list(prefix: string, { after = '', limit }: KeyPageRequest, signal: AbortSignal): Promise<KeyPage> {
    signal.throwIfAborted();
    const found = [...this.#bucket.objects.entries()]
      .filter(([key]) => key.startsWith(prefix) && key > after)
      .sort(([one], [other]) => (one < other ? -1 : 1));
    const keys = found.slice(0, limit).map(([key, { bytes, modifiedAtMs }]) => {
      return { key, modifiedAtMs, sizeBytes: bytes.length };
    });
    return { keys, more: found.length > limit };
  }
}

function sizeOf({ parts }: MemoryParts): number {
  return [...parts.values()].reduce((sum, part) => sum + part.length, 0);
}

function toReader(stored: MemoryObject | undefined): RangeReader | undefined {
  if (stored === undefined) return undefined;
  return {
    sizeBytes: stored.bytes.length,
    read: async (start, end) => stored.bytes.slice(start, end),
  };
}

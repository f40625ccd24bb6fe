import { booleanOption, checkOptions, functionOption, type OptionSchemas, optional } from '@videostorage/core';

/** An object as it is stored. */
export interface MemoryObject {
  /** Its bytes; never changed, only replaced. */
  readonly bytes: Uint8Array;
  /** The `Content-Type` with which it is served. */
  readonly contentType: string;
  /** When it was last written, by the bucket's clock. */
  readonly modifiedAtMs: number;
}

/** Parts that are not completed. */
export interface MemoryParts {
  /** The upload id. */
  readonly uploadId: string;
  /** The video that they become. */
  readonly videoId: string;
  /** When they were begun. */
  readonly beganAtMs: number;
  /** The parts by number, from 1. */
  readonly parts: Map<number, Uint8Array>;
}

/** Options of `MemoryBucket`. */
export interface MemoryBucketOptions {
  /** The bucket's clock, in milliseconds since the epoch. Default: the computer's time. */
  readonly now?: (() => number) | undefined;
  /** Whether old versions are kept when objects are removed or overwritten. Default false. */
  readonly versioned?: boolean | undefined;
  /** Whether versions may not be removed (Object Lock). Default false. */
  readonly locked?: boolean | undefined;
}

const OPTIONS = {
  now: optional(functionOption('must be a function that returns milliseconds')),
  versioned: optional(booleanOption),
  locked: optional(booleanOption),
} satisfies OptionSchemas<MemoryBucketOptions>;

/** The state that several `MemoryObjectStore`s share, as processes share a bucket, and the edge in front of it. */
export class MemoryBucket {
  /** The current objects by key. */
  readonly objects: Map<string, MemoryObject> = new Map<string, MemoryObject>();
  /** Old versions by key. */
  readonly versions: Map<string, readonly MemoryObject[]> = new Map<string, readonly MemoryObject[]>();
  /** Uploads in parts by the bucket's own id. */
  readonly parts: Map<string, MemoryParts> = new Map<string, MemoryParts>();
  /** The edge's copies of what was played. */
  readonly edgeCopies: Map<string, Uint8Array> = new Map<string, Uint8Array>();
  /** Whether versions may not be removed (Object Lock). */
  readonly locked: boolean;
  /** The bucket's clock. */
  readonly now: () => number;
  readonly #versioned: boolean;
  #partsCount = 0;

  /** @throws {ConfigurationError} an option is unknown or invalid */
  constructor(options: MemoryBucketOptions = {}) {
    checkOptions('MemoryBucket', options, OPTIONS);
    this.now = options.now ?? Date.now;
    this.#versioned = options.versioned ?? false;
    this.locked = options.locked ?? false;
  }

  /** Writes an object, whether it exists or not. */
  put(key: string, bytes: Uint8Array, contentType = 'application/octet-stream'): void {
    this.#keepVersion(key);
    this.objects.set(key, { bytes, contentType, modifiedAtMs: this.now() });
  }

  /** Hides an object. Succeeds also when it is missing. */
  remove(key: string): void {
    this.#keepVersion(key);
    this.objects.delete(key);
  }

  /** Begins an upload in parts. @returns the bucket's own upload id */
  beginParts(uploadId: string, videoId: string): string {
    this.#partsCount += 1;
    const id = `parts-${this.#partsCount}`;
    this.parts.set(id, { uploadId, videoId, beganAtMs: this.now(), parts: new Map() });
    return id;
  }

  /** Sends all parts of an upload, as a browser does; without effect when it is completed or aborted. */
  sendParts(partsId: string, bytes: Uint8Array, partSizeBytes: number): void {
    const upload = this.parts.get(partsId);
    for (let start = 0; start < bytes.length; start += partSizeBytes) {
      upload?.parts.set(start / partSizeBytes + 1, bytes.slice(start, start + partSizeBytes));
    }
  }

  /** What a viewer with a grant receives; the edge keeps a copy. */
  play(key: string): Uint8Array | undefined {
    const bytes = this.edgeCopies.get(key) ?? this.objects.get(key)?.bytes;
    if (bytes !== undefined) this.edgeCopies.set(key, bytes);
    return bytes;
  }

  #keepVersion(key: string): void {
    const current = this.objects.get(key);
    if (!this.#versioned || current === undefined) return;
    this.versions.set(key, [...(this.versions.get(key) ?? []), current]);
  }
}

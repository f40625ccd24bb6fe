import { join } from 'node:path';
import { type Clock, isVideoStorageError } from '@videostorage/core';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import { type FolderLayout, isUploadId } from './folder-layout.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { UploadFileStore } from './upload-file-store.ts';
import type { UploadRecord } from './upload-record.ts';
import type { VideoStore } from './video-store.ts';

/** What has arrived as a whole can be confirmed for this much longer: as long as its reference lives. */
const GRACE_MS = 24 * 60 * 60 * 1000;
/** What belongs to nothing and is older than this was left by a crash. */
const LITTER_MS = 48 * 60 * 60 * 1000;
const RECORD_SUFFIX = '.json';

/** Told of every upload that was removed. */
export type ExpiredListener = (record: UploadRecord) => void;

/** Removes uploads whose time is over: half-sent ones when their leave ends, whole ones when nobody can confirm them any more. */
export class UploadSweep {
  readonly #files: FileFunctions;
  readonly #layout: FolderLayout;
  readonly #uploads: UploadFileStore;
  readonly #videos: VideoStore;
  readonly #locks: KeyedLock;
  readonly #clock: Clock;
  readonly #onExpired: ExpiredListener;
  #waiting: string[] = [];

  /** Over the parts of one storage. */
  constructor(parts: {
    readonly files: FileFunctions;
    readonly layout: FolderLayout;
    readonly uploads: UploadFileStore;
    readonly videos: VideoStore;
    readonly locks: KeyedLock;
    readonly clock: Clock;
    readonly onExpired: ExpiredListener;
  }) {
    this.#files = parts.files;
    this.#layout = parts.layout;
    this.#uploads = parts.uploads;
    this.#videos = parts.videos;
    this.#locks = parts.locks;
    this.#clock = parts.clock;
    this.#onExpired = parts.onExpired;
  }

  /** Looks at every upload; says how many were removed. One that cannot be removed is thrown after all others were looked at. */
  async all(signal?: AbortSignal): Promise<number> {
    let removed = 0;
    const failures: unknown[] = [];
    const attempt = async (look: () => Promise<boolean>) => {
      signal?.throwIfAborted();
      try {
        if (await look()) removed += 1;
      } catch (error) {
        failures.push(error);
      }
    };
    for (const name of await this.#names(this.#layout.uploads)) await attempt(() => this.#look(name));
    for (const name of await this.#names(this.#layout.staging)) await attempt(() => this.#lookAtStaged(name));
    await this.#videos.emptyTrash();
    if (failures.length > 0) throw failures[0];
    return removed;
  }

  /** Looks at the next few, round and round: a little with every mint keeps the folder clean without a timer. */
  async next(count: number): Promise<void> {
    if (this.#waiting.length === 0) this.#waiting = await this.#names(this.#layout.uploads);
    for (const name of this.#waiting.splice(-count)) await this.#look(name);
  }

  async #names(folder: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { name } of await this.#files.opendir(folder)) names.push(name);
    return names;
  }

  async #look(name: string): Promise<boolean> {
    const uploadId = name.endsWith(RECORD_SUFFIX) ? name.slice(0, -RECORD_SUFFIX.length) : name;
    if (!isUploadId(uploadId)) return this.#removeLitter(join(this.#layout.uploads, name));
    // Somebody who is sending keeps his upload.
    if (this.#locks.isHeld(uploadId)) return false;
    return this.#locks.run(uploadId, () =>
      uploadId === name
        ? this.#removeWithoutRecord(uploadId, this.#layout.upload(uploadId))
        : this.#removeIfExpired(uploadId),
    );
  }

  async #lookAtStaged(uploadId: string): Promise<boolean> {
    if (!isUploadId(uploadId) || this.#locks.isHeld(uploadId)) return false;
    const path = join(this.#layout.staging, uploadId);
    return this.#locks.run(uploadId, () => this.#removeWithoutRecord(uploadId, path));
  }

  /** Bytes go with their record; those that have lost theirs are litter. */
  async #removeWithoutRecord(uploadId: string, path: string): Promise<boolean> {
    const hasRecord = (await this.#videos.sizeOf(this.#layout.uploadRecord(uploadId))) !== undefined;
    return hasRecord ? false : this.#removeLitter(path);
  }

  async #removeIfExpired(uploadId: string): Promise<boolean> {
    const record = await this.#readableRecord(uploadId);
    if (record === undefined) return this.#removeLitter(this.#layout.uploadRecord(uploadId));
    const isWhole = (await this.#videos.findReceived(record)) !== undefined;
    const expiresAtMs = Date.parse(record.expiresAt) + (isWhole ? GRACE_MS : 0);
    if (this.#clock.now() < expiresAtMs) return false;
    // A crash may have left the record of an upload that has become a video long ago.
    const isVideo = (await this.#videos.find(record.videoId)) !== undefined;
    await this.#videos.discardStaged(record.videoId);
    await this.#uploads.removeUpload(uploadId);
    if (!isVideo) this.#onExpired(record);
    return !isVideo;
  }

  /** Undefined also for a record that a failing disk has spoilt: nobody can confirm that upload any more. */
  async #readableRecord(uploadId: string): Promise<UploadRecord | undefined> {
    try {
      return await this.#uploads.findRecord(uploadId);
    } catch (error) {
      if (isVideoStorageError(error) && error.code === 'BACKEND_BAD_RESPONSE') return undefined;
      throw error;
    }
  }

  async #removeLitter(path: string): Promise<boolean> {
    try {
      const { mtimeMs } = await this.#files.lstat(path);
      if (this.#clock.now() - mtimeMs < LITTER_MS) return false;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await this.#files.rm(path, { recursive: true, force: true });
    return false;
  }
}

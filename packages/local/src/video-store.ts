import { join } from 'node:path';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import { type FolderLayout, TRASH_PREFIX, type VideoLocation } from './folder-layout.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { requireFolder } from './require-folder.ts';
import { syncFile, syncFolder } from './sync-file.ts';
import { type VideoRecord, videoRecordSchema } from './video-record.ts';

/**
 * Confirmed videos. A video is a folder that appears and disappears by one rename, so at any moment, and after any crash,
 * it is there as a whole or not at all.
 */
export class VideoStore {
  readonly #files: FileFunctions;
  readonly #layout: FolderLayout;

  /** Below the layout's folders, which must exist. */
  constructor(files: FileFunctions, layout: FolderLayout) {
    this.#files = files;
    this.#layout = layout;
  }

  /** What is known of a video and where it is; undefined when there is none. */
  async find(videoId: string): Promise<{ readonly record: VideoRecord; readonly location: VideoLocation } | undefined> {
    const location = this.#layout.video(videoId);
    if (location === undefined || !(await this.#isFolder(location.folder))) return undefined;
    const record = await readJsonFile(this.#files, location.record, videoRecordSchema);
    return record?.videoId === videoId ? { record, location } : undefined;
  }

  /** What is known of the video that an upload has become; undefined when it has not. */
  async findByUpload(uploadId: string): Promise<VideoRecord | undefined> {
    const { folder, record } = this.#layout.videoOfUpload(uploadId);
    return (await this.#isFolder(folder)) ? readJsonFile(this.#files, record, videoRecordSchema) : undefined;
  }

  /** Bytes that wait to be published; undefined when they are not all there. Also finds what a crash left half-way. */
  async findReceived(record: {
    readonly videoId: string;
    readonly uploadId: string;
    readonly sizeBytes: number;
  }): Promise<string | undefined> {
    const staged = this.#layout.stagedVideo(record.videoId)?.source;
    for (const path of [this.#layout.upload(record.uploadId), ...(staged === undefined ? [] : [staged])]) {
      if ((await this.sizeOf(path)) === record.sizeBytes) return path;
    }
    return undefined;
  }

  /** Size of a plain file in bytes; undefined when there is none. */
  async sizeOf(path: string): Promise<number | undefined> {
    try {
      const found = await this.#files.lstat(path);
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /**
   * Makes the received bytes a video. Everything is on the disk before the one rename that shows it.
   * A failure before that leaves the bytes where they can be confirmed again.
   */
  async publish(received: string, record: VideoRecord): Promise<void> {
    const staged = this.#layout.stagedVideo(record.videoId);
    const video = this.#layout.video(record.videoId);
    if (staged === undefined || video === undefined) throw new RangeError('The id is not one of this storage.');
    await this.#files.mkdir(staged.folder, { recursive: true });
    try {
      await syncFile(this.#files, received);
      await writeJsonFile(this.#files, staged.record, record);
      if (received !== staged.source) await this.#files.rename(received, staged.source);
    } catch (error) {
      if (received !== staged.source) await this.#files.rm(staged.record, { force: true });
      throw error;
    }
    await syncFolder(this.#files, staged.folder);
    await this.#files.rename(staged.folder, video.folder);
    await syncFolder(this.#files, this.#layout.videos);
  }

  /** Removes a video; missing is success. Gone for all by the rename, then its bytes are freed. */
  async remove(videoId: string): Promise<void> {
    const video = this.#layout.video(videoId);
    if (video === undefined) return;
    const trash = this.#layout.trash(video.uploadId);
    // An earlier attempt may have come this far.
    await this.#files.rm(trash, { recursive: true, force: true });
    if (!(await this.#isUnder(video, videoId))) return;
    await this.#files.rename(video.folder, trash);
    await syncFolder(this.#files, this.#layout.videos);
    await this.#files.rm(trash, { recursive: true, force: true });
  }

  /** Removes what a crash left of the making of a video; missing is success. */
  async discardStaged(videoId: string): Promise<void> {
    const staged = this.#layout.stagedVideo(videoId);
    if (staged !== undefined) await this.#files.rm(staged.folder, { recursive: true, force: true });
  }

  /** Removes what interrupted deletes left. */
  async emptyTrash(): Promise<void> {
    for await (const entry of await this.#files.opendir(this.#layout.staging)) {
      if (!entry.name.startsWith(TRASH_PREFIX)) continue;
      await this.#files.rm(join(this.#layout.staging, entry.name), { recursive: true, force: true });
    }
  }

  /** Whether it is this video that is there, and not one of another type; also when a failing disk has lost half of it. */
  async #isUnder(video: VideoLocation, videoId: string): Promise<boolean> {
    if ((await this.sizeOf(video.source)) !== undefined) return true;
    return (await this.find(videoId)) !== undefined;
  }

  async #isFolder(path: string): Promise<boolean> {
    try {
      return (await this.#files.lstat(path)).isDirectory();
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    await requireFolder(this.#files, this.#layout.videos);
    return false;
  }
}

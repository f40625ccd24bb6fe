import type { CustomMetadata } from '@videostorage/core';
import type { UploadHandle } from './upload-handle.ts';

/** What is said of a file beside the file itself. */
export interface UploadOptions {
  /** What the video belongs to: an assignment, a lesson, a post. */
  readonly contextId?: string | undefined;
  /** The host app's own short strings. */
  readonly custom?: CustomMetadata | undefined;
  /** Longest play time that is accepted. */
  readonly maxDurationSeconds?: number | undefined;
  /** Aborts the upload, as `abort` does; `done` rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The upload of `resumable()` that the file is to go on with; any other file is refused with a `ConflictError`. Without it an
   * unfinished upload of the same file is found by itself, and any other file begins anew.
   */
  readonly uploadReference?: string | undefined;
}

/** An upload of this browser that was begun and can go on: choose the same file again. */
export interface ResumableUpload {
  /** For `upload(file, { uploadReference })`. */
  readonly uploadReference: string;
  /** Name of the file. */
  readonly fileName: string;
  /** Its size. */
  readonly sizeBytes: number;
  /** What it belongs to. */
  readonly contextId?: string;
}

/** Several uploads in a queue, of which a bounded number is sent at once. */
export interface Uploader {
  /** All uploads that were not removed, in the order of the queue. */
  readonly uploads: readonly UploadHandle[];
  /** Appends a file to the queue. Never throws: what is wrong with the file becomes the handle's `error`. */
  upload(file: File, options?: UploadOptions): UploadHandle;
  /** Moves an upload to another place of the queue, 0 being the first; what waits begins in that order. */
  moveTo(handle: UploadHandle, index: number): void;
  /**
   * Takes an upload out of the queue; what is not over is aborted. A video that is being processed becomes ready without being
   * asked after, and its `done` rejects with an `AbortError`.
   */
  remove(handle: UploadHandle): Promise<void>;
  /** Calls the listener after each change of the queue or of an upload in it, until the returned function is called. */
  subscribe(listener: (uploader: Uploader) => void): () => void;
  /** Uploads of this browser and user that can go on; those of another user, or that are over, are not among them. */
  resumable(): Promise<readonly ResumableUpload[]>;
  /** Gives up an upload of `resumable()`: it is released at the host. */
  discard(uploadReference: string): Promise<void>;
  /**
   * Repeats what an earlier visit could not send: confirms of files that had arrived, and releases. Runs by itself when the
   * uploader is created; resolves with the number of uploads that were completed.
   */
  resumeConfirms(): Promise<number>;
  /**
   * Pauses what is being sent and takes all listeners off the page: for a page that removes the uploader. `done` of what is not
   * over rejects with an `AbortError`; another visit goes on with it.
   */
  close(): void;
}

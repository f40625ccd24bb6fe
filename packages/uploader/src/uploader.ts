import type { CustomMetadata } from '@videostorage/core';
import type { UploadHandle } from './upload-handle.ts';

/** Options of `upload`. */
export interface UploadOptions {
  /** What the video belongs to: an assignment, a lesson, a post. */
  readonly contextId?: string | undefined;
  /** Short strings of the host app, stored with the video: at most 512 bytes as JSON. */
  readonly custom?: CustomMetadata | undefined;
  /**
   * Maximum duration in seconds. Default: the backend's limit. A file that the browser measures as clearly longer is not
   * sent.
   */
  readonly maxDurationSeconds?: number | undefined;
  /** Aborts the upload, as `abort()` does; `done` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The upload of `resumable()` that the file must continue; any other file is refused with a `ConflictError`. Without it an
   * unfinished upload of the same file in the same context is found and continued, and any other file gets a new upload.
   */
  readonly uploadReference?: string | undefined;
}

/** An unfinished upload of this browser; it continues when the same file is chosen again. */
export interface ResumableUpload {
  /** Pass it to `upload(file, { uploadReference })`. */
  readonly uploadReference: string;
  /** Name of the file that continues it. */
  readonly fileName: string;
  /** Size of that file. */
  readonly sizeBytes: number;
  /** The `contextId` with which it was requested. */
  readonly contextId?: string;
}

/** A queue of uploads, of which a limited number is sent at the same time. */
export interface Uploader {
  /** All uploads that were not removed, in the order in which they start. */
  readonly uploads: readonly UploadHandle[];
  /**
   * Appends a file to the queue. Never throws: if something is wrong with the file, the upload fails and its handle's
   * `error` says why.
   */
  upload(file: File, options?: UploadOptions): UploadHandle;
  /** Moves an upload to another index of the queue, 0 being the first; waiting uploads start in that order. */
  moveTo(handle: UploadHandle, index: number): void;
  /**
   * Removes an upload from the queue, and aborts it if it has not ended. A video that is being processed is no longer
   * polled, and `done` rejects with an `AbortError`; the video still becomes ready.
   */
  remove(handle: UploadHandle): Promise<void>;
  /** Calls the listener after each change of the queue or of one of its uploads, until the returned function is called. */
  subscribe(listener: (uploader: Uploader) => void): () => void;
  /** Unfinished uploads of this browser and user. Rejects when the host app cannot be reached. */
  resumable(): Promise<readonly ResumableUpload[]>;
  /** Cancels an upload of `resumable()` at the host app. @throws {ConflictError} it is being sent now */
  discard(uploadReference: string): Promise<void>;
  /**
   * Sends the confirms and cancellations that earlier visits could not send to the host app. It also runs when the
   * uploader is created and when the network is back. Resolves with the number of confirms that succeeded.
   */
  resumeConfirms(): Promise<number>;
  /**
   * Pauses what is being sent and removes all listeners, for a page that no longer needs the uploader. `done` of every
   * upload that has not ended rejects with an `AbortError`; a later visit can continue the upload.
   */
  close(): void;
}

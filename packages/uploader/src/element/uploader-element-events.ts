import type { VideoMetadata } from '@videostorage/core';
import type { UploadHandle } from '../upload-handle.ts';

/** What every event of an upload carries. */
export interface UploadDetail {
  /** The upload, which names its file. */
  readonly handle: UploadHandle;
}

/** A file was taken. */
export interface UploadStartedDetail extends UploadDetail {
  /** The file itself, as it was chosen; absent when the page, not the element, began the upload in the queue that they share. */
  readonly file?: File | undefined;
}

/** The video is there, and playable as far as its metadata says. */
export interface UploadReadyDetail extends UploadDetail {
  /** What the server knows of it. */
  readonly video: VideoMetadata;
}

/** The file was not uploaded. */
export interface UploadFailedDetail extends UploadDetail {
  /** Why; `isVideoStorageError` narrows it. */
  readonly error: unknown;
  /** What the person reads. */
  readonly sentence: string;
}

/** The file was refused before an upload began: there are too many, or it is a folder. */
export interface FileRefusedDetail {
  /** The file as it was given. */
  readonly file: File;
  /** What the person reads. */
  readonly sentence: string;
}

/** The element's own events; all bubble and leave the shadow tree. */
export interface UploaderElementEventMap {
  /** A file was taken; it may have to wait for others. */
  'upload-started': CustomEvent<UploadStartedDetail>;
  /** A video is ready. */
  'upload-ready': CustomEvent<UploadReadyDetail>;
  /** A file was not uploaded. */
  'upload-failed': CustomEvent<UploadFailedDetail>;
  /** A person has cancelled an upload. */
  'upload-cancelled': CustomEvent<UploadDetail>;
  /** A file was refused before anything was asked. */
  'file-refused': CustomEvent<FileRefusedDetail>;
}

declare global {
  interface HTMLElementEventMap extends UploaderElementEventMap {}
  /** They bubble, so one listener hears all elements of the page. */
  interface DocumentEventMap extends UploaderElementEventMap {}
}

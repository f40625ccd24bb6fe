import type { VideoMetadata } from '@videostorage/core';
import type { UploadHandle } from '../upload-handle.ts';

/** The details that every event about an upload has. */
export interface UploadDetail {
  /** The upload. */
  readonly handle: UploadHandle;
}

/** A file was accepted into the queue. */
export interface UploadStartedDetail extends UploadDetail {
  /** The chosen `File`; absent when the page, not the element, began the upload in a shared queue. */
  readonly file?: File | undefined;
}

/** The video is ready. */
export interface UploadReadyDetail extends UploadDetail {
  /** Its metadata from the host app. */
  readonly video: VideoMetadata;
}

/** The file was not uploaded. */
export interface UploadFailedDetail extends UploadDetail {
  /** The reason. Check it with `isVideoStorageError`, which narrows its type. */
  readonly error: unknown;
  /** The message that the element shows. */
  readonly sentence: string;
}

/** The file was refused before an upload began: there are too many, or it is a folder. */
export interface FileRefusedDetail {
  /** The refused file. */
  readonly file: File;
  /** The message that the element shows. */
  readonly sentence: string;
}

/** The element's events; all of them bubble and are composed. */
export interface UploaderElementEventMap {
  /** A file was accepted into the queue; it may have to wait. */
  'upload-started': CustomEvent<UploadStartedDetail>;
  /** A video is ready. */
  'upload-ready': CustomEvent<UploadReadyDetail>;
  /** A file was not uploaded. */
  'upload-failed': CustomEvent<UploadFailedDetail>;
  /** An upload was cancelled, or was removed from the list before it had ended. */
  'upload-cancelled': CustomEvent<UploadDetail>;
  /** A file was refused by the element itself. */
  'file-refused': CustomEvent<FileRefusedDetail>;
}

declare global {
  interface HTMLElementEventMap extends UploaderElementEventMap {}
  /** They bubble, so one listener at the document gets those of all elements. */
  interface DocumentEventMap extends UploaderElementEventMap {}
}

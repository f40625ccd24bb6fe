import type { AnyVideoStorageError, VideoMetadata } from '@videostorage/core';

/**
 * The phase that an upload is in.
 *
 * `waiting` for its turn · `checking` the file · `asking` for a ticket · `sending` · `paused` by the user · `offline`: continues
 * when the network is back · `confirming` what arrived · `processing` at the provider · `ready`, `failed`, `aborted`: over.
 */
export type UploadPhase =
  | 'waiting'
  | 'checking'
  | 'asking'
  | 'sending'
  | 'paused'
  | 'offline'
  | 'confirming'
  | 'processing'
  | 'ready'
  | 'failed'
  | 'aborted';

/** Progress of an upload. */
export interface UploadProgress {
  /**
   * Bytes that are in flight or have arrived. Falls back to what has arrived when a connection drops; equals `totalBytes` only
   * after the storage has answered for the last byte.
   */
  readonly sentBytes: number;
  /** Size of the file. */
  readonly totalBytes: number;
  /** Average speed over the last eight seconds; 0 while nothing is sent. */
  readonly bytesPerSecond: number;
  /** Estimated remaining time at that speed, rounded up; absent while the speed is not known. */
  readonly secondsLeft?: number;
}

/** The file of an upload, as the browser describes it. */
export interface UploadFile {
  /** Its name on the user's computer; not sanitized. */
  readonly name: string;
  /** Its size. */
  readonly sizeBytes: number;
  /** Its MIME type, as the browser derives it from the name; may be empty. */
  readonly mimeType: string;
}

/** What a `<video>` element of the page reports about a file: a hint on which the server does not rely. */
export interface MediaHint {
  /** Play time in seconds. */
  readonly durationSeconds?: number;
  /** Display width, in pixels of the video. */
  readonly widthPixels?: number;
  /** Display height, in pixels of the video. */
  readonly heightPixels?: number;
}

/** One upload. Its members change; `subscribe` reports when. */
export interface UploadHandle {
  /** Identifies the upload within this page, as a key for lists; each call of `upload` gets a new one. */
  readonly id: string;
  /** What is uploaded. */
  readonly file: UploadFile;
  /** What the video belongs to, as passed to `upload`. */
  readonly contextId?: string;
  /** The current phase. */
  readonly phase: UploadPhase;
  /** How many bytes were sent, and how fast. */
  readonly progress: UploadProgress;
  /** The host app's reference to the upload; undefined before the ticket was issued. */
  readonly uploadReference: string | undefined;
  /** What the browser measured; undefined before the file was checked, empty when the browser cannot play the file. */
  readonly media: MediaHint | undefined;
  /** Why it failed; present only in the phase `failed`. Its `message` is for users. */
  readonly error: AnyVideoStorageError | undefined;
  /** The video; undefined before the confirm has succeeded. */
  readonly video: VideoMetadata | undefined;
  /** Whether `pause` has an effect now. `phase` alone does not tell: without a network it is `offline`, even during the confirm. */
  readonly canPause: boolean;
  /** Whether `abort` has an effect now. */
  readonly canAbort: boolean;
  /**
   * Stops sending until `resume`; what has arrived stays at the storage. No effect once the upload is being confirmed.
   */
  pause(): void;
  /** Continues after `pause`, and after a failure, with what has arrived. No effect in any other phase. */
  resume(): void;
  /**
   * Cancels the upload here and at the host app. Resolves when that is done. If the host app cannot be reached, it
   * resolves too, and the next visit to the page cancels the upload there. No effect once the video is being processed or
   * ready.
   */
  abort(): Promise<void>;
  /**
   * Resolves with the ready video. Rejects when the upload fails, when it is aborted (with an `AbortError` or the
   * signal's reason), and when the uploader is closed before the video is ready. After `resume` of a failed or closed
   * upload, `done` is a new promise. You need not handle a rejection.
   */
  readonly done: Promise<VideoMetadata>;
  /** Calls the listener after each change, until the returned function is called. */
  subscribe(listener: (handle: UploadHandle) => void): () => void;
}

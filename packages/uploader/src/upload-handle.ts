import type { AnyVideoStorageError, VideoMetadata } from '@videostorage/core';

/**
 * Where an upload stands.
 *
 * `waiting` for its turn · `checking` the file · `asking` for a ticket · `sending` · `paused` by a person · `offline`: goes on by
 * itself · `confirming` what arrived · `processing` at the provider · `ready`, `failed`, `aborted`: over.
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

/** How far an upload is. */
export interface UploadProgress {
  /**
   * Bytes that are on their way or have arrived. Falls back to what has arrived when a connection breaks; equals `totalBytes`
   * only after the storage has answered for the last byte.
   */
  readonly sentBytes: number;
  /** Size of the file. */
  readonly totalBytes: number;
  /** Over the last seconds; 0 while nothing is sent. */
  readonly bytesPerSecond: number;
  /** At that speed; absent while it cannot be said. */
  readonly secondsLeft?: number;
}

/** The file of an upload, as the page's user knows it. */
export interface UploadFile {
  /** Its name, as the user's computer says it. */
  readonly name: string;
  /** Its size. */
  readonly sizeBytes: number;
  /** Its type, as the browser says it; may be empty. */
  readonly mimeType: string;
}

/** What the page's own `<video>` element says of a file: a hint that decides nothing at the host. */
export interface MediaHint {
  /** Play time in seconds. */
  readonly durationSeconds?: number;
  /** Display width. */
  readonly widthPixels?: number;
  /** Display height. */
  readonly heightPixels?: number;
}

/** One upload. Its members change; `subscribe` says when. */
export interface UploadHandle {
  /** Names the upload in this page, for lists; a new one with each `upload`. */
  readonly id: string;
  /** What is uploaded. */
  readonly file: UploadFile;
  /** What it belongs to, as it was asked for. */
  readonly contextId?: string;
  /** Where it stands. */
  readonly phase: UploadPhase;
  /** How far it is. */
  readonly progress: UploadProgress;
  /** Once the host has issued a ticket. */
  readonly uploadReference: string | undefined;
  /** Once the file was looked at, where the browser can play it. */
  readonly media: MediaHint | undefined;
  /** Why it failed; present only in the phase `failed`. Its `message` is a sentence for people. */
  readonly error: AnyVideoStorageError | undefined;
  /** The video, from the confirm on. */
  readonly video: VideoMetadata | undefined;
  /** Whether `pause` has an effect now. `phase` does not say it: without a network it is `offline`, also while confirming. */
  readonly canPause: boolean;
  /** Whether `abort` has an effect now. */
  readonly canAbort: boolean;
  /** Stops sending until `resume`; what has arrived stays. Without effect from the confirm on. */
  pause(): void;
  /** Goes on: after `pause`, and after a failure from where it stands. Without effect in any other phase. */
  resume(): void;
  /**
   * Cancels the upload and releases it at the host. Resolves when that is done, or remembered for the next visit because the
   * host cannot be reached. Without effect once the upload is over, or is being processed.
   */
  abort(): Promise<void>;
  /**
   * The ready video; rejects when the upload fails or is aborted, the latter with an `AbortError` or the signal's own reason,
   * and when its uploader is closed before. After `resume` of a failed or closed upload it is another promise. Nobody has to look at it.
   */
  readonly done: Promise<VideoMetadata>;
  /** Calls the listener after each change, until the returned function is called. */
  subscribe(listener: (handle: UploadHandle) => void): () => void;
}

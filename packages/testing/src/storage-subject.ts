import type { Clock, Playback, UploadTicket, VideoStorage, WebhookRequest } from '@videostorage/core';

/** A failure between a storage and its provider. */
export type Fault = 'server-error' | 'throttled' | 'reset' | 'hang' | 'bad-response' | 'not-found-once';

/** What a viewer who uses a grant gets. */
export interface PlayedAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Body of the answer. */
  readonly bytes: Uint8Array;
  /** Headers of the answer: they must reveal nothing about the uploader. Absent when a storage answers without headers. */
  readonly headers?: Headers;
}

/**
 * A new storage under test, and the functions by which the cases of the suite use it: the object that `create` returns.
 */
export interface StorageSubject {
  /** The storage under test. Its rate limiter must allow at least a hundred uploads and playbacks. */
  readonly storage: VideoStorage;
  /** Advances the time of storage and provider, so that things expire without waiting. Absent on real services. */
  readonly clock?: Clock & {
    /** Advances the time. */
    advance(deltaMs: number): void;
  };
  /** A size for which the storage issues a multipart ticket of at least two parts. Absent: cases about parts are skipped. */
  readonly multipartSizeBytes?: number;
  /** Secrets that no error and no answer may contain. */
  readonly secrets?: readonly string[];
  /** Sends bytes as a browser would; rejects when the storage refuses them. Default: `sendTicket` of this package. */
  send?(ticket: UploadTicket, bytes: Uint8Array, mimeType: string): Promise<void>;
  /** Requests the video with a grant, as a viewer would. */
  play(playback: Playback): Promise<PlayedAnswer>;
  /** Makes the next provider request fail in this way. */
  failNext?(fault: Fault): void;
  /** Lets the provider finish encoding. */
  settle?(): Promise<void>;
  /** Returns a webhook of the provider about a video, as the host app would receive it. */
  notify?(videoId: string): Promise<WebhookRequest>;
  /** Releases everything that the subject holds. */
  dispose(): Promise<void>;
}

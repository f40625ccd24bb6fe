import type { Clock, Playback, UploadTicket, VideoStorage, WebhookRequest } from '@videostorage/core';

/** What can go wrong between a storage and its provider. */
export type Fault = 'server-error' | 'throttled' | 'reset' | 'hang' | 'bad-response' | 'not-found-once';

/** A fresh storage and what a case needs to use it from outside. */
export interface StorageSubject {
  /** Allows at least a hundred uploads and playbacks in a row. */
  readonly storage: VideoStorage;
  /** Another time machine than the host's: moves expiry without waiting. Absent on real services. */
  readonly clock?: Clock & {
    /** Moves the time on. */
    advance(deltaMs: number): void;
  };
  /** A size for which the storage gives a multipart ticket of at least two parts. Absent: such tickets are not tried. */
  readonly multipartSizeBytes?: number;
  /** Secrets that no error, answer or message may show. */
  readonly secrets?: readonly string[];
  /** Sends bytes the way a browser would; rejects when the storage refuses them. Default: `sendTicket` of this package. */
  send?(ticket: UploadTicket, bytes: Uint8Array, mimeType: string): Promise<void>;
  /** GETs what a playback points to; the status and the bytes. */
  play(playback: Playback): Promise<{
    /** HTTP status. */
    readonly status: number;
    /** What was delivered. */
    readonly bytes: Uint8Array;
  }>;
  /** The next call to the backend meets this fault. */
  failNext?(fault: Fault): void;
  /** Lets the provider finish processing. */
  settle?(): Promise<void>;
  /** The provider's webhook about a video, as it would arrive at the host. */
  notify?(videoId: string): Promise<WebhookRequest>;
  /** Releases everything. */
  dispose(): Promise<void>;
}

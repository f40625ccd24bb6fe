import type { Clock, Playback, PlaybackKind, VideoStorageError } from '@videostorage/core';
import type { PlaybackTransport } from './playback-transport.ts';

/** A grant that renews itself while the video is watched. */
export interface PlaybackSession {
  /** The newest grant. */
  readonly playback: Playback;
  /** How often the grant was renewed. */
  readonly renewals: number;
  /** Whether the newest grant has expired, by the time that has passed in this page; the viewer's clock is not read. */
  readonly isExpired: boolean;
  /** Why the host app ended the playback; undefined while it continues. */
  readonly ended: VideoStorageError | undefined;
  /** Calls the listener with each renewed grant, until the returned function is called. */
  onRenewed(listener: (playback: Playback) => void): () => void;
  /** Calls the listener once, when the host app refuses to renew; at once if it has refused already. */
  onEnded(listener: (error: VideoStorageError) => void): () => void;
  /**
   * Renews at once, for a source that was refused during playback; simultaneous calls share one request. Retries until it
   * succeeds. @throws {VideoStorageError} the host app's refusal @throws {DOMException} `AbortError`: the session was closed
   */
  renewNow(): Promise<Playback>;
  /** Renews at once if the renewal is due, or a failed one waits for its next attempt: for when the page may have slept. */
  wake(): void;
  /** Stops all timers and requests; no listener is called after it. */
  close(): void;
}

/** Options of `createPlaybackSession`. */
export interface PlaybackSessionOptions {
  /** Requests grants from the host app. */
  readonly transport: PlaybackTransport;
  /** `[A-Za-z0-9_-]{1,64}`; anything else is refused before a request is sent. */
  readonly videoId: string;
  /** The kind to prefer. Default: the backend's best. */
  readonly kind?: PlaybackKind | undefined;
  /** Ends the session, and the request for the first grant. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the computer's date and the time since the page was loaded; of each step, the longer of both counts. */
  readonly clock?: Clock | undefined;
  /** For the jitter: returns 0 up to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Subscribes to moments after which timers may be late. Default: events of the page, where there is one. */
  readonly onWake?: ((listener: () => void) => () => void) | undefined;
}

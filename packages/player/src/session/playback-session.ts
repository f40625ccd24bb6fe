import type { Clock, Playback, PlaybackKind, VideoStorageError } from '@videostorage/core';
import type { PlaybackTransport } from './playback-transport.ts';

/** A playback grant that is renewed automatically until the session is closed. */
export interface PlaybackSession {
  /** The newest grant. */
  readonly playback: Playback;
  /** How often the grant was renewed. */
  readonly renewals: number;
  /** Whether the newest grant has expired, judged by the time that has passed in this page, not by the viewer's clock. */
  readonly isExpired: boolean;
  /** Why the host app ended the playback; undefined while it continues. */
  readonly ended: VideoStorageError | undefined;
  /** Calls the listener with each renewed grant, until the returned function is called. */
  onRenewed(listener: (playback: Playback) => void): () => void;
  /** Calls the listener once, when the host app refuses to renew; immediately if it has already refused. */
  onEnded(listener: (error: VideoStorageError) => void): () => void;
  /**
   * Renews the grant immediately, for use when a source was refused during playback; simultaneous calls share one
   * request. Retries until it succeeds. @throws {VideoStorageError} the host app's refusal @throws {DOMException}
   * `AbortError`: the session was closed
   */
  renewNow(): Promise<Playback>;
  /**
   * Renews the grant immediately if a renewal is due, or if a failed renewal is waiting for its next attempt. Call it
   * after the browser may have suspended the page's timers, for instance when the page becomes visible again.
   */
  wake(): void;
  /** Stops all timers and requests; no listener is called afterwards. */
  close(): void;
}

/** Options of `createPlaybackSession`. */
export interface PlaybackSessionOptions {
  /** Requests grants from the host app. */
  readonly transport: PlaybackTransport;
  /** Id of the video. An id that does not match `[A-Za-z0-9_-]{1,64}` is refused before a request is sent. */
  readonly videoId: string;
  /** The kind of source to prefer. Default: the backend's preferred kind. */
  readonly kind?: PlaybackKind | undefined;
  /** When it aborts, the session ends, as does a request for the first grant. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The clock that times renewals. Default: the computer's date and the time since the page was loaded; whenever the
   * two disagree about how much time has passed, the longer time counts.
   */
  readonly clock?: Clock | undefined;
  /** Source of the jitter: returns a number from 0 up to, not including, 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /**
   * Calls the listener whenever timers may have been late, for instance after the computer slept; returns a function that
   * ends this. Default: by events of the page, where there is one.
   */
  readonly onWake?: ((listener: () => void) => () => void) | undefined;
}

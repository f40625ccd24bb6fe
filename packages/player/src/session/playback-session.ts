import type { Clock, Playback, PlaybackKind, VideoStorageError } from '@videostorage/core';
import type { PlaybackTransport } from './playback-transport.ts';

/** A grant that renews itself while the video is watched. */
export interface PlaybackSession {
  /** The newest grant. */
  readonly playback: Playback;
  /** How often the grant was renewed. */
  readonly renewals: number;
  /** Whether the newest grant has run out by the time that has passed here; the viewer's clock is not asked. */
  readonly isExpired: boolean;
  /** Why the host ended the playback; undefined while it goes on. */
  readonly ended: VideoStorageError | undefined;
  /** Called with each renewed grant, until the function that is returned is called. */
  onRenewed(listener: (playback: Playback) => void): () => void;
  /** Called once when the host refuses to renew; at once when it has refused already. */
  onEnded(listener: (error: VideoStorageError) => void): () => void;
  /**
   * Renews at once, for a source that was refused in mid-play; calls at the same time share one request. Goes on until it
   * succeeds. @throws {VideoStorageError} the host's refusal @throws {DOMException} `AbortError`: the session was closed
   */
  renewNow(): Promise<Playback>;
  /** Renews at once if `renewAfter` has passed, or a failed renewal waits for its next attempt: the page may have slept. */
  wake(): void;
  /** Stops all timers and requests; no listener is called any more. */
  close(): void;
}

/** Settings of `createPlaybackSession`. */
export interface PlaybackSessionOptions {
  /** How the host is asked. */
  readonly transport: PlaybackTransport;
  /** `[A-Za-z0-9_-]{1,64}`; anything else is refused before a request is made. */
  readonly videoId: string;
  /** Which kind should stand first. Default: the backend's best. */
  readonly kind?: PlaybackKind | undefined;
  /** Ends the session, and the request for the first grant. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the computer's date and the time since the page began, of which each step counts by the longer one. */
  readonly clock?: Clock | undefined;
  /** For the jitter, 0 up to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Subscribes to moments at which time may have passed unseen. Default: events of the page, where there is one. */
  readonly onWake?: ((listener: () => void) => () => void) | undefined;
}

import type { Playback, VideoStorageError } from '@videostorage/core';

/** The grant was renewed. */
export interface RenewedDetail {
  /** Number of renewals since the session began. */
  readonly renewals: number;
  /** How the new grant is sent with requests: in each URL, as a shared query, or as cookies. */
  readonly access: Playback['access'];
  /** When the new grant expires, by the server's clock. */
  readonly expiresAt: string;
}

/** The host app refused to renew; the video has stopped. */
export interface EndedByHostDetail {
  /** Why the host app refused. */
  readonly error: VideoStorageError;
  /** The position at which the video stopped, in seconds. */
  readonly position: number;
}

/** How far the video was watched without a gap. */
export interface SeenUntilDetail {
  /** The video that was watched. When the player is given another video, one more event about the earlier one follows. */
  readonly videoId: string;
  /** The position, to pass as `start-at` on the next visit. */
  readonly seconds: number;
}

/** The element's own events, besides those of HTMLMediaElement, which have no detail. */
export interface PlayerElementEventMap {
  /** The grant was renewed. */
  renewed: CustomEvent<RenewedDetail>;
  /** The host app refused to renew; the video has stopped. */
  'ended-by-host': CustomEvent<EndedByHostDetail>;
  /**
   * Sent after every five seconds watched, on pause, at the end, when another video is requested, and when the page is
   * closed.
   */
  'seen-until': CustomEvent<SeenUntilDetail>;
}

import type { Playback, VideoStorageError } from '@videostorage/core';

/** The grant was renewed. */
export interface RenewedDetail {
  /** How often since the session began. */
  readonly renewals: number;
  /** How the grant is carried. */
  readonly access: Playback['access'];
  /** The end of the new grant, by the server's clock. */
  readonly expiresAt: string;
}

/** The host refused to renew; the video has stopped. */
export interface EndedByHostDetail {
  /** Why. */
  readonly error: VideoStorageError;
  /** Where it stopped, in seconds. */
  readonly position: number;
}

/** How far the video was watched without a gap. */
export interface SeenUntilDetail {
  /** For `start-at` of the next visit. */
  readonly seconds: number;
}

/** The element's own events, besides those of HTMLMediaElement, which have no detail. */
export interface PlayerElementEventMap {
  /** The grant was renewed. */
  renewed: CustomEvent<RenewedDetail>;
  /** The host refused to renew; the video has stopped. */
  'ended-by-host': CustomEvent<EndedByHostDetail>;
  /** Every five seconds of what was watched, with a pause, at the end, and when the page is left. */
  'seen-until': CustomEvent<SeenUntilDetail>;
}

import type { OmitFromEach } from '../contract/omit-from-each.ts';
import type { Playback } from '../contract/playback.ts';
import type { Timestamp } from '../contract/primitives.ts';
import type { VideoMetadata } from '../contract/video-metadata.ts';

/**
 * A playback grant as a backend signs it. `BaseStorage` adds `videoId` and `renewAfter`, and the `kind` and `url` of
 * `sources[0]`.
 */
export type IssuedPlayback = OmitFromEach<Playback, 'videoId' | 'kind' | 'url' | 'expiresAt' | 'renewAfter'> & {
  /**
   * When the grant expires. Default: the requested time. A backend sets it when one signature serves several viewers, so
   * that a grant may expire later than requested.
   */
  readonly expiresAt?: Timestamp;
};

/** What a backend knows about a video; `BaseStorage` adds `backendName`. */
export type StoredVideo = Omit<VideoMetadata, 'backendName'>;

/** One page of a backend's listing. */
export interface StoredVideoPage {
  /** Confirmed videos in the order of the backend's keys. */
  readonly videos: readonly StoredVideo[];
  /** Pass it to get the next page. Opaque; absent on the last page. */
  readonly cursor?: string;
}

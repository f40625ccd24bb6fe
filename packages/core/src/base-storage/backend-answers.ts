import type { OmitFromEach } from '../contract/omit-from-each.ts';
import type { Playback } from '../contract/playback.ts';
import type { Timestamp } from '../contract/primitives.ts';
import type { VideoMetadata } from '../contract/video-metadata.ts';

/** A signed grant as a backend issues it; the template adds id, preferred kind and URL (of `sources[0]`) and `renewAfter`. */
export type IssuedPlayback = OmitFromEach<Playback, 'videoId' | 'kind' | 'url' | 'expiresAt' | 'renewAfter'> & {
  /** Default: the moment that the request names. A backend that shares signatures between viewers says when they end. */
  readonly expiresAt?: Timestamp;
};

/** What a backend knows of a video; the template adds `backendName`. */
export type StoredVideo = Omit<VideoMetadata, 'backendName'>;

/** One page of a backend's list. */
export interface StoredVideoPage {
  /** Confirmed videos in the order of the backend's keys. */
  readonly videos: readonly StoredVideo[];
  /** Opaque; absent on the last page. */
  readonly cursor?: string;
}

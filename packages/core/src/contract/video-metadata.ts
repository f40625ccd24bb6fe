import type { CustomMetadata, Timestamp, VideoStatus } from './primitives.ts';

/** What is known about a video. An unknown fact is absent, never -1 or "". */
export interface VideoMetadata {
  /** Opaque, and valid only for the layer that issued it, the storage or the service. */
  readonly videoId: string;
  /** `backendName` of the storage that holds the bytes. */
  readonly backendName: string;
  /** State of the video. */
  readonly status: VideoStatus;
  /** Whether it can be played, perhaps before every quality is encoded. */
  readonly playable: boolean;
  /** Progress of the encoding, 0–1; present while processing. */
  readonly progress?: number;
  /** Why it failed; present only with status `failed`. */
  readonly failure?: VideoFailure;
  /** Id of the user who uploaded it. */
  readonly userId?: string;
  /** What it belongs to, as the upload request said. */
  readonly contextId?: string;
  /** Display name: the name of the file on the uploader's device. Never part of a key or a path. */
  readonly fileName?: string;
  /** Canonical MIME type, for instance `video/mp4`. */
  readonly mimeType?: string;
  /** Size of the stored original. */
  readonly sizeBytes?: number;
  /** Duration, with fractions of a second. */
  readonly durationSeconds?: number;
  /** Display width in pixels, after rotation. */
  readonly widthPixels?: number;
  /** Display height in pixels, after rotation. */
  readonly heightPixels?: number;
  /** Codec by RFC 6381, for instance `avc1.64001e`. */
  readonly codec?: string;
  /** When the upload was created; if that is unknown, the earliest time that the storage knows. */
  readonly createdAt: Timestamp;
  /** When the last byte arrived. */
  readonly uploadedAt?: Timestamp;
  /** Changes when the stored bytes change. On object storages: identifies the source that the confirm published. */
  readonly revision?: string;
  /** Short strings of the host app. */
  readonly custom?: CustomMetadata;
}

/** Why a video failed. */
export interface VideoFailure {
  /** Stable code: branch on it, not on the message. */
  readonly code:
    | 'SIZE_MISMATCH'
    | 'TYPE_MISMATCH'
    | 'NOT_A_VIDEO'
    | 'DURATION_EXCEEDED'
    | 'DURATION_TOO_SHORT'
    | 'MALFORMED'
    | 'FETCH_FAILED'
    | 'UNKNOWN';
  /** A message for the user. */
  readonly message: string;
}

/** One page of videos. */
export interface VideoPage {
  /** In the order of the backend's keys. */
  readonly videos: readonly VideoMetadata[];
  /** Pass it to get the next page. Opaque; absent on the last page. */
  readonly cursor?: string;
}

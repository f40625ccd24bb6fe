import type { CustomMetadata, Timestamp, VideoStatus } from './primitives.ts';

/** What is known of a video. Absent = unknown here, never -1, never "". */
export interface VideoMetadata {
  /** Opaque id of the layer that issued it: the storage's, or the service's record. */
  readonly videoId: string;
  /** The storage that holds the bytes. */
  readonly backendName: string;
  /** Where the video stands. */
  readonly status: VideoStatus;
  /** Something can be shown, perhaps before everything is encoded. */
  readonly playable: boolean;
  /** 0–1 while processing. */
  readonly progress?: number;
  /** Why it failed; present only with status `failed`. */
  readonly failure?: VideoFailure;
  /** Who uploaded it. */
  readonly userId?: string;
  /** What it belongs to. */
  readonly contextId?: string;
  /** Display name, as the uploader's computer called the file; data only, never part of a key or path. */
  readonly fileName?: string;
  /** Canonical MIME type, for instance `video/mp4`. */
  readonly mimeType?: string;
  /** Bytes of the stored original. */
  readonly sizeBytes?: number;
  /** Play time in seconds, with fractions. */
  readonly durationSeconds?: number;
  /** Display width, after rotation. */
  readonly widthPixels?: number;
  /** Display height, after rotation. */
  readonly heightPixels?: number;
  /** RFC 6381, for instance `avc1.64001e`. */
  readonly codec?: string;
  /** When the upload was created, or the earliest time that the storage knows. */
  readonly createdAt: Timestamp;
  /** When the last byte arrived. */
  readonly uploadedAt?: Timestamp;
  /** Changes when the stored bytes change; on object storages the source that the confirm published. */
  readonly revision?: string;
  /** The host's own short strings. */
  readonly custom?: CustomMetadata;
}

/** Why a video failed. */
export interface VideoFailure {
  /** Stable reason, for branching. */
  readonly code:
    | 'SIZE_MISMATCH'
    | 'TYPE_MISMATCH'
    | 'NOT_A_VIDEO'
    | 'DURATION_EXCEEDED'
    | 'DURATION_TOO_SHORT'
    | 'MALFORMED'
    | 'FETCH_FAILED'
    | 'UNKNOWN';
  /** A sentence for people. */
  readonly message: string;
}

/** One page of videos. */
export interface VideoPage {
  /** In the order of the backend's keys. */
  readonly videos: readonly VideoMetadata[];
  /** Opaque; absent on the last page. */
  readonly cursor?: string;
}

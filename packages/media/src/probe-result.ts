import type { VideoFailure } from '@videostorage/core';
import type { ProbeContainer } from './probe-container.ts';

/** What was read to find the outcome. */
export interface ProbeCost {
  /** Number of bytes that were requested from the reader. */
  readonly bytesRead: number;
  /** Number of requests to the reader: round trips, when the file is remote. */
  readonly reads: number;
}

/** The file is a video with these facts. An absent fact could not be determined. */
export interface ProbedVideo extends ProbeCost {
  /** Distinguishes the outcomes. */
  readonly outcome: 'video';
  /** The format that holds the tracks. */
  readonly container: ProbeContainer;
  /**
   * Canonical MIME type of the container, for instance `video/mp4`; `application/octet-stream` for a container without one.
   * Compare by `compatibleMimeTypes` of core, since one container has several names.
   */
  readonly mimeType: string;
  /**
   * Duration in seconds, as a player shows it. Absent when only a lower bound is known: treat an absent duration as
   * unknown, never as short.
   */
  readonly durationSeconds?: number;
  /** Width as shown: square pixels, after rotation. */
  readonly widthPixels: number;
  /** Height as shown: square pixels, after rotation. */
  readonly heightPixels: number;
  /** Clockwise turn that a player applies to the coded picture. */
  readonly rotationDegrees: 0 | 90 | 180 | 270;
  /** Codec of the picture as in RFC 6381, for instance `avc1.64001e`; absent when it has no such name. */
  readonly videoCodec?: string;
  /**
   * Codec of the sound as in RFC 6381 or the WebCodecs registry, for instance `mp4a.40.2` or `opus`; absent when the file
   * has no sound, or the codec has no such name.
   */
  readonly audioCodec?: string;
}

/** The file is proven not to be a playable video. */
export interface ProbedNotVideo extends ProbeCost {
  /** Distinguishes the outcomes. */
  readonly outcome: 'not-a-video';
  /**
   * The reason: `NOT_A_VIDEO` for another kind of file or one without a picture, `MALFORMED` for a video that lacks the
   * part that describes it. It can be reported unchanged.
   */
  readonly failure: VideoFailure & { readonly code: 'NOT_A_VIDEO' | 'MALFORMED' };
}

/** Why nothing could be determined. */
export type UndeterminedReason =
  /** `timeoutMs` has passed; the reader may be the cause, so trying again may succeed. */
  | 'timeout'
  /** Reading it costs more computing or memory than any real video does. */
  | 'too-complex'
  /** `maxBytes` was read before the tracks were known. */
  | 'too-much-to-read'
  /** No known format begins like this file: it is damaged, encrypted, or in an unknown format. */
  | 'unrecognised'
  /** The format is known, but this file contradicts itself or does not describe its picture. */
  | 'unreadable';

/** It could not be determined whether the file is a video. Do not delete a file because of this outcome. */
export interface ProbedUndetermined extends ProbeCost {
  /** Distinguishes the outcomes. */
  readonly outcome: 'undetermined';
  /** Stable code for branching. */
  readonly reason: UndeterminedReason;
  /** One English sentence for logs and support; not meant to be parsed. */
  readonly message: string;
}

/** What a file is; narrow on `outcome`. */
export type ProbeResult = ProbedVideo | ProbedNotVideo | ProbedUndetermined;

import type { Container } from './container.ts';

/** What was read to learn the facts. */
export interface ReadCost {
  /** Bytes that the reader was asked for. */
  readonly bytesRead: number;
  /** How often it was asked: round trips, when it is far away. */
  readonly reads: number;
}

/** The file is a video, and this is what it says of itself. Absent = the file does not tell within the bounds. */
export interface VideoFile extends ReadCost {
  /** Tells the two results apart. */
  readonly isVideo: true;
  /** The format that holds the tracks. */
  readonly container: Container;
  /** Canonical MIME type of the container, for instance `video/mp4`. */
  readonly mimeType: string;
  /** Play time in seconds: the longer of what the header says and what the frames add up to. */
  readonly durationSeconds?: number;
  /** Width as shown: square pixels, after rotation. */
  readonly widthPixels: number;
  /** Height as shown: square pixels, after rotation. */
  readonly heightPixels: number;
  /** Clockwise turn that a player must apply to the coded picture. */
  readonly rotationDegrees: 0 | 90 | 180 | 270;
  /** Codec of the picture as in RFC 6381, for instance `avc1.64001e`; absent when it has no such name here. */
  readonly videoCodec?: string;
  /** Codec of the sound as in RFC 6381 or the WebCodecs registry, for instance `mp4a.40.2` or `opus`; absent when silent. */
  readonly audioCodec?: string;
}

/** Why the file does not count as a video. */
export type NotVideoReason =
  /** The first bytes belong to nothing that holds video. */
  | 'unknown-container'
  /** A video format that cannot be read here: AVI, WMV, FLV, MPEG program stream, MXF, Ogg, QuickTime without `ftyp`. */
  | 'unsupported-container'
  /** The container is whole, but there is no picture in it. */
  | 'no-video-track'
  /** It begins like a video and then contradicts itself, or breaks off before the part that describes it. */
  | 'malformed'
  /** Its tables unfold into more frames than any real video has: a file made to exhaust the reader. */
  | 'too-complex'
  /** `maxBytesRead` was reached before the tracks were known. */
  | 'too-much-to-read'
  /** `timeoutMs` was over before the tracks were known; the reader may be to blame, so this alone is no reason to delete. */
  | 'too-slow';

/** The file is not a video, or could not be told to be one. */
export interface NotVideoFile extends ReadCost {
  /** Tells the two results apart. */
  readonly isVideo: false;
  /** To decide upon. */
  readonly reason: NotVideoReason;
  /** A sentence for people. */
  readonly message: string;
}

/** What a file is; narrow on `isVideo`. */
export type VideoFileFacts = VideoFile | NotVideoFile;

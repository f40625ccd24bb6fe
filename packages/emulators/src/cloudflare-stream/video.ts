import type { Caption } from './captions.ts';

/** Settings of a video: set when its upload is created; most can be edited later. */
export interface VideoSettings {
  /** The uploader; at most 64 characters. */
  readonly creator: string | null;
  /** Custom metadata. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Host names that may embed and read the video; empty = all. */
  readonly allowedOrigins: readonly string[];
  /** Whether playback needs a token. */
  readonly requireSignedURLs: boolean;
  /** Position of the thumbnail in the video, 0–1. */
  readonly thumbnailTimestampPct: number;
  /** When the video is deleted automatically, in milliseconds since the epoch; null = never. */
  readonly scheduledDeletionMs: number | null;
  /** Longest duration that is accepted; null = any. */
  readonly maxDurationSeconds: number | null;
  /** When the upload expires, in milliseconds since the epoch; null = never. */
  readonly uploadExpiryMs: number | null;
  /** Watermark profile. */
  readonly watermarkUid: string | null;
  /** Texts for the share page. */
  readonly publicDetails: Readonly<Record<string, unknown>>;
}

/** Reason why a video cannot be played, in the service's own words. */
export interface ProcessingError {
  /** `ERR_…` */
  readonly code: string;
  /** A sentence for people. */
  readonly text: string;
}

/** What the encoder finds in a file. */
export type Finding =
  | {
      /** The discriminant. */
      readonly kind: 'video';
      /** Duration. */
      readonly durationSeconds: number;
      /** Display width in pixels. */
      readonly widthPixels: number;
      /** Display height in pixels. */
      readonly heightPixels: number;
      /** Whether it has an audio track. */
      readonly hasAudio: boolean;
    }
  | {
      /** The discriminant. */
      readonly kind: 'error';
      /** What is wrong. */
      readonly error: ProcessingError;
    };

/** Bytes that have arrived in full. */
export interface ArrivedFile {
  /** Path of the file; absent when a copy could not be fetched. */
  readonly path?: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** When the last byte arrived. */
  readonly atMs: number;
  /** What the encoder found. */
  readonly finding: Finding;
  /** Fetched from a URL: the first state is `downloading`. */
  readonly isCopy: boolean;
}

/** A video of the emulator. */
export interface EmulatedVideo {
  /** 32 hexadecimal digits. */
  readonly uid: string;
  /** Order of creation, for videos of the same instant. */
  readonly sequence: number;
  /** When it was created. */
  readonly createdAtMs: number;
  /** When something was last edited. */
  modifiedAtMs: number;
  /** As created and edited. */
  settings: VideoSettings;
  /** Size that a tus upload announced. */
  readonly announcedBytes?: number;
  /** Its bytes are being fetched from a URL. */
  isCopying?: boolean;
  /** Set when all bytes have arrived. */
  arrived?: ArrivedFile;
  /** Captions by language. */
  readonly captions: Map<string, Caption>;
  /** Requested downloads, and when they were requested. */
  readonly downloads: Map<'default' | 'audio', number>;
  /** When a test finished the processing. */
  finishedAtMs?: number;
}

import type { Caption } from './captions.ts';

/** What can be asked for when an upload is created, and most of it later on too. */
export interface VideoSettings {
  /** Who uploads; at most 64 characters. */
  readonly creator: string | null;
  /** Free words of the customer. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Host names that may embed and read it; empty: all. */
  readonly allowedOrigins: readonly string[];
  /** True: only with a token. */
  readonly requireSignedURLs: boolean;
  /** 0 to 1. */
  readonly thumbnailTimestampPct: number;
  /** When it is deleted by itself, in milliseconds since the epoch. */
  readonly scheduledDeletionMs: number | null;
  /** The upload must not be longer; null: any length. */
  readonly maxDurationSeconds: number | null;
  /** Until when bytes are taken, in milliseconds since the epoch. */
  readonly uploadExpiryMs: number | null;
  /** Profile that is burnt in. */
  readonly watermarkUid: string | null;
  /** Words for the share page. */
  readonly publicDetails: Readonly<Record<string, unknown>>;
}

/** Reason why a video cannot be played, in the service's own words. */
export interface ProcessingError {
  /** `ERR_…` */
  readonly code: string;
  /** For people. */
  readonly text: string;
}

/** What the encoder finds in a file. */
export type Finding =
  | {
      /** The discriminant. */
      readonly kind: 'video';
      /** Play time. */
      readonly durationSeconds: number;
      /** Width as shown. */
      readonly widthPixels: number;
      /** Height as shown. */
      readonly heightPixels: number;
      /** Whether it has sound. */
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
  /** Where they lie; absent when a copy failed to fetch them. */
  readonly path?: string;
  /** How many. */
  readonly sizeBytes: number;
  /** When the last one came. */
  readonly atMs: number;
  /** What they turn out to be. */
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
  /** Set once all bytes are there. */
  arrived?: ArrivedFile;
  /** Captions by language. */
  readonly captions: Map<string, Caption>;
  /** Downloads that were asked for, and when. */
  readonly downloads: Map<'default' | 'audio', number>;
  /** Processing was hurried to its end at this time. */
  finishedAtMs?: number;
}

import type { CustomMetadata, Timestamp, VideoStatus } from './primitives.ts';

/** What a user declares about the video that they want to upload. */
export interface UploadRequest {
  /** Id of the user who uploads. 1–128 bytes of UTF-8. */
  readonly userId: string;
  /** What the video belongs to: an assignment, a lesson, a post. Absent: it belongs only to its user. 1–128 bytes of UTF-8. */
  readonly contextId?: string | undefined;
  /**
   * Id of the tenant, for rate limits that all its users share. 1–128 bytes of UTF-8. Absent: limits per tenant do not
   * apply.
   */
  readonly tenantId?: string | undefined;
  /** Display name; 1–255 bytes of UTF-8 in NFC, no path parts. */
  readonly fileName: string;
  /** Exact size of the file. */
  readonly sizeBytes: number;
  /** The type that the browser reports; empty or `application/octet-stream` is resolved by the file's extension. */
  readonly mimeType: string;
  /** Longest duration that is accepted, in whole seconds. Default: the option of the validator or backend, else no limit. */
  readonly maxDurationSeconds?: number | undefined;
  /** Short strings of the host app, stored with the video. */
  readonly custom?: CustomMetadata | undefined;
  /** 32 hexadecimal digits; pass your own, such as a record's id, to be able to repeat `getUploadUrl` safely. Default: random. */
  readonly uploadId?: string | undefined;
}

/**
 * The members that every upload ticket has. Both ids are opaque, and valid only for the layer that issued them, the
 * storage or the service.
 */
export interface UploadTicketBase {
  /** Id of the video after the confirm. */
  readonly videoId: string;
  /** Identifies the upload in every later call. */
  readonly uploadReference: string;
  /** Sending must begin before this time. */
  readonly expiresAt: Timestamp;
}

/** Sizes of the chunks of a tus upload; the last chunk may have any size up to `maxBytes`. */
export interface ChunkRule {
  /** Smallest chunk. */
  readonly minBytes: number;
  /** Largest chunk. */
  readonly maxBytes: number;
  /** Every chunk's size is a multiple of this. */
  readonly multipleOf: number;
}

/** A tus upload that is already created: pass `url` to a tus client as `uploadUrl`, not as `endpoint`. */
export interface TusTicket extends UploadTicketBase {
  /** tus 1.0.0 resumable upload protocol (https://tus.io/protocols/resumable-upload). */
  readonly protocol: 'tus';
  /** URL for the HEAD and PATCH requests. */
  readonly url: string;
  /** Allowed sizes of the chunks. */
  readonly chunk: ChunkRule;
}

/** One POST of a form: all `fields` in their order, then the file as `fileField`. */
export interface PostTicket extends UploadTicketBase {
  /** `multipart/form-data`, RFC 7578. */
  readonly protocol: 'post';
  /** URL to which the form is posted. */
  readonly url: string;
  /** Fields of the form, sent unchanged before the file. */
  readonly fields: Readonly<Record<string, string>>;
  /** Name of the field that holds the file. */
  readonly fileField: string;
}

/** An upload in parts, each signed when it is needed. */
export interface MultipartTicket extends UploadTicketBase {
  /** Each part is a PUT that `storage.multipart.signParts` signs. */
  readonly protocol: 'multipart';
  /** Size of every part but the last. */
  readonly partSizeBytes: number;
  /** How many parts there are, 1–10 000. */
  readonly partCount: number;
}

/** Permission for one browser to upload one video. It may be sent to that browser. Narrow on `protocol`. */
export type UploadTicket = TusTicket | PostTicket | MultipartTicket;

/** Permission to send one part by one PUT request. */
export interface SignedPart {
  /** Number of the part, 1–10 000; part n begins at byte `(n-1) * partSizeBytes`. */
  readonly partNumber: number;
  /** URL for the PUT request. */
  readonly url: string;
  /** Headers of the PUT, sent unchanged. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exact length of the part; it is signed. */
  readonly sizeBytes: number;
  /** Sending must begin before this time. */
  readonly expiresAt: Timestamp;
}

/** A part that has arrived. */
export interface UploadedPart {
  /** Number of the part, 1–10 000. */
  readonly partNumber: number;
  /** Size of the part at the storage. */
  readonly sizeBytes: number;
}

/** The state of an upload: what a browser needs to continue it after a reload. */
export interface UploadState {
  /** Identifies the upload. */
  readonly uploadReference: string;
  /** Id of the video after the confirm. */
  readonly videoId: string;
  /** `pending` until it is confirmed. */
  readonly status: VideoStatus;
  /** Display name. */
  readonly fileName: string;
  /** The declared size while pending, then the observed one. */
  readonly sizeBytes: number;
  /** The ticket with which the upload continues; present while pending. */
  readonly ticket?: UploadTicket;
  /** The parts that have arrived; present while pending, for multipart uploads. */
  readonly uploadedParts?: readonly UploadedPart[];
}

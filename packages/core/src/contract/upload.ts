import type { CustomMetadata, Timestamp, VideoStatus } from './primitives.ts';

/** What a user wants to upload. */
export interface UploadRequest {
  /** Who uploads. 1–128 bytes of UTF-8. */
  readonly userId: string;
  /** What the video belongs to: an assignment, a lesson, a post. Absent = only to its user. 1–128 bytes of UTF-8. */
  readonly contextId?: string | undefined;
  /** For limits shared by many users. 1–128 bytes of UTF-8. */
  readonly tenantId?: string | undefined;
  /** Display name; 1–255 bytes of UTF-8 in NFC, no path parts. */
  readonly fileName: string;
  /** Exact size of the file. */
  readonly sizeBytes: number;
  /** What the browser says; empty or `application/octet-stream` is resolved by the extension. */
  readonly mimeType: string;
  /** Longest play time that is accepted. Default: the backend's `defaultMaxDurationSeconds`. */
  readonly maxDurationSeconds?: number | undefined;
  /** The host's own short strings. */
  readonly custom?: CustomMetadata | undefined;
  /** 32 hex digits chosen by the caller (a record's id); random when absent. Makes repeating `getUploadUrl` harmless. */
  readonly uploadId?: string | undefined;
}

/** Common to all tickets; both ids are opaque and belong to the layer that issued them (storage, or service). */
export interface UploadTicketBase {
  /** The video that the upload becomes. */
  readonly videoId: string;
  /** The only thing that a browser sends to the host afterwards. */
  readonly uploadReference: string;
  /** Until when sending may begin. */
  readonly expiresAt: Timestamp;
}

/** Sizes a tus client must keep to; the last chunk is exempt. */
export interface ChunkRule {
  /** Smallest chunk. */
  readonly minBytes: number;
  /** Largest chunk. */
  readonly maxBytes: number;
  /** Every chunk is a multiple of this. */
  readonly multipleOf: number;
}

/** An upload that is already created: use `url` as tus `uploadUrl`, not as `endpoint`. */
export interface TusTicket extends UploadTicketBase {
  /** tus 1.0.0 resumable upload protocol (https://tus.io/protocols/resumable-upload). */
  readonly protocol: 'tus';
  /** Where HEAD and PATCH go. */
  readonly url: string;
  /** Sizes to keep to. */
  readonly chunk: ChunkRule;
}

/** One form POST: all `fields` in order, the file last, as `fileField`. */
export interface PostTicket extends UploadTicketBase {
  /** `multipart/form-data`, RFC 7578. */
  readonly protocol: 'post';
  /** Where the form goes. */
  readonly url: string;
  /** Sent before the file, exactly so. */
  readonly fields: Readonly<Record<string, string>>;
  /** Name of the file's own field. */
  readonly fileField: string;
}

/** Parts, signed on demand. */
export interface MultipartTicket extends UploadTicketBase {
  /** Parts by PUT; each is signed by `storage.multipart.signParts`. */
  readonly protocol: 'multipart';
  /** Size of every part but the last. */
  readonly partSizeBytes: number;
  /** How many parts there are, 1–10 000. */
  readonly partCount: number;
}

/** Permission for one browser to upload one video; safe to send to it. Narrow on `protocol`. */
export type UploadTicket = TusTicket | PostTicket | MultipartTicket;

/** A presigned PUT for one part. */
export interface SignedPart {
  /** 1–10 000; part n covers bytes `(n-1) * partSizeBytes` on. */
  readonly partNumber: number;
  /** Where the PUT goes. */
  readonly url: string;
  /** To be sent exactly so. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact length that is signed. */
  readonly sizeBytes: number;
  /** Until when sending may begin. */
  readonly expiresAt: Timestamp;
}

/** A part that has arrived. */
export interface UploadedPart {
  /** 1–10 000. */
  readonly partNumber: number;
  /** Bytes that the storage holds. */
  readonly sizeBytes: number;
}

/** Where an upload stands: all that a browser needs to go on after a reload. */
export interface UploadState {
  /** The handle of the upload. */
  readonly uploadReference: string;
  /** The video that the upload becomes. */
  readonly videoId: string;
  /** Where it stands. */
  readonly status: VideoStatus;
  /** Display name. */
  readonly fileName: string;
  /** Declared until reconciled, then observed. */
  readonly sizeBytes: number;
  /** While pending. */
  readonly ticket?: UploadTicket;
  /** While pending, for multipart. */
  readonly uploadedParts?: readonly UploadedPart[];
}

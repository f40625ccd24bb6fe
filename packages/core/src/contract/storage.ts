import type { CostEstimate, Usage } from './cost.ts';
import type { Playback, PlaybackOptions } from './playback.ts';
import type { Timestamp } from './primitives.ts';
import type { SignedPart, UploadedPart, UploadRequest, UploadTicket } from './upload.ts';
import type { VideoMetadata, VideoPage } from './video-metadata.ts';

/** Options of every call. */
export interface CallOptions {
  /** The caller's abort; its reason is rethrown untouched. */
  readonly signal?: AbortSignal | undefined;
  /** Deadline of the whole call, retries included. Default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Correlates log events with the host's request. */
  readonly requestId?: string | undefined;
}

/** Options of a call on an upload: only the user to whom it was issued may act on it. */
export interface UploadCallOptions extends CallOptions {
  /** Must equal the user in the reference, else `VideoNotFoundError`. */
  readonly userId: string;
}

/** Options of `confirmUpload`. */
export interface ConfirmOptions extends UploadCallOptions {
  /** What the browser measured; kept only where the storage cannot tell by itself. */
  readonly durationSeconds?: number | undefined;
}

/** Options of `listVideos`. A storage does not filter; records do. */
export interface ListOptions extends CallOptions {
  /** 1–1000. Default 100. */
  readonly limit?: number | undefined;
  /** From the page before; opaque. */
  readonly cursor?: string | undefined;
}

/** What every backend can do. */
export interface VideoStorage {
  /** `cloudflare-stream`, `s3-cloudfront`, `local`, … */
  readonly backendName: string;
  /** Present when large files go up in parts. */
  readonly multipart?: MultipartUploads;
  /** Present when the vendor calls back. */
  readonly webhooks?: Webhooks;
  /**
   * Leave for one browser to upload one video. Validated, limited, logged; the same `uploadId` gives the same video.
   * @throws {ValidationError} with every problem @throws {RateLimitedError}
   */
  getUploadUrl(request: UploadRequest, options?: CallOptions): Promise<UploadTicket>;
  /**
   * Finishes a multipart upload, then looks whether what arrived is what was promised. Safe to repeat.
   * @throws {NotUploadedError} nothing has arrived yet @throws {ContentMismatchError} and what arrived is removed
   * @throws {VideoNotFoundError} forged or foreign reference @throws {UploadExpiredError}
   */
  confirmUpload(uploadReference: string, options: ConfirmOptions): Promise<VideoMetadata>;
  /** Gives the leave back: reservations, parts and half-sent bytes are released. Safe to repeat. */
  abortUpload(uploadReference: string, options: UploadCallOptions): Promise<void>;
  /** Signs without asking the storage: for an unknown or deleted id the URL answers 403 or 404. */
  getPlaybackUrl(videoId: string, options?: PlaybackOptions): Promise<Playback>;
  /** Removes the origin and asks the edge to forget; missing is success. Repeat until `purged`. */
  deleteVideo(videoId: string, options?: CallOptions): Promise<Deletion>;
  /** False only for a positive "not found"; an outage throws. */
  videoExists(videoId: string, options?: CallOptions): Promise<boolean>;
  /** All that the storage knows of one video. @throws {VideoNotFoundError} */
  getVideoMetadata(videoId: string, options?: CallOptions): Promise<VideoMetadata>;
  /** Newest first; each video once. */
  listVideos(options?: ListOptions): Promise<VideoPage>;
  /** A month's cost, itemised, from a dated price table. Computes, asks nobody. */
  estimateCost(usage: Usage): CostEstimate;
}

/** Uploading in parts. Completing is part of `confirmUpload`, aborting of `abortUpload`. Fits S3 parts and Azure blocks. */
export interface MultipartUploads {
  /** Signs 1–100 parts, just before they are sent. */
  signParts(
    uploadReference: string,
    partNumbers: readonly number[],
    options: UploadCallOptions,
  ): Promise<readonly SignedPart[]>;
  /** The parts that the storage holds, all of them. */
  listParts(uploadReference: string, options: UploadCallOptions): Promise<readonly UploadedPart[]>;
}

/** Receiving the vendor's calls. Subscribing is the concrete class's own matter. */
export interface Webhooks {
  /** Verifies the raw bytes, then reads them. @throws {WebhookRefusedError} */
  parse(request: WebhookRequest): Promise<readonly WebhookEvent[]>;
}

/** A request as it came in. */
export interface WebhookRequest {
  /** Exactly the bytes that were sent; a re-serialised body does not verify. */
  readonly rawBody: Uint8Array;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A hint that something changed; the truth is read from the storage afterwards. */
export interface WebhookEvent {
  /** The same for every delivery of the same news. */
  readonly eventKey: string;
  /** The video that it is about. */
  readonly videoId: string;
  /** When the vendor says that it happened. */
  readonly occurredAt?: Timestamp;
}

/** How far a delete has come. */
export interface Deletion {
  /** False while an edge may still serve it (seconds on CloudFront). */
  readonly purged: boolean;
}

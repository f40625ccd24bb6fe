import type { CostEstimate, Usage } from './cost.ts';
import type { Playback, PlaybackOptions } from './playback.ts';
import type { Timestamp } from './primitives.ts';
import type { RateLimitCount } from './rate-limit.ts';
import type { SignedPart, UploadedPart, UploadRequest, UploadTicket } from './upload.ts';
import type { VideoMetadata, VideoPage } from './video-metadata.ts';

/** Options of every call. */
export interface CallOptions {
  /** The caller's abort; its reason is rethrown untouched. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Deadline of the whole call in milliseconds, retries included, 1–2 147 483 647. Default 10 000. Releasing what a failed
   * call created has a deadline of its own on top (5 000).
   */
  readonly timeoutMs?: number | undefined;
  /** Correlates log events with the host's request. */
  readonly requestId?: string | undefined;
  /**
   * Called with the counts of the rate limiter that the call took from, when it took: what HTTP reports as `RateLimit`. Of
   * the calls, `getUploadUrl` and `getPlaybackUrl` take. A refused call throws `RateLimitedError` instead.
   */
  readonly onRateLimit?: ((counts: readonly RateLimitCount[]) => void) | undefined;
}

/** Options of a call on an upload: only the user to whom the ticket was issued may act on it. */
export interface UploadCallOptions extends CallOptions {
  /** Must equal the user in the reference, else `VideoNotFoundError`. */
  readonly userId: string;
}

/** Options of `confirmUpload`. */
export interface ConfirmOptions extends UploadCallOptions {
  /**
   * Publishes content that could not be determined with the facts that are known, instead of throwing
   * `ContentUnverifiableError`. A decision of the server: never pass on what a browser says. Default false.
   */
  readonly acceptUnverified?: boolean | undefined;
}

/** Options of `listVideos`. A storage does not filter; records do. */
export interface ListOptions extends CallOptions {
  /** 1–1000. Default 100. */
  readonly limit?: number | undefined;
  /** From the page before; opaque. */
  readonly cursor?: string | undefined;
}

/**
 * What every backend can do. The numbers (§4.1 …) are the promises of the contract; the conformance suite
 * (`describeVideoStorage` of `@videostorage/testing`) names its cases by them, and a backend that cannot keep one lists it
 * in its `exceptions` and in its README.
 *
 * - §4.1 A video exists from its first successful confirm on; before that no call finds it and no grant opens its bytes.
 * - §4.2 What was verified is what is served: no ticket, form or part URL, sent again or late, changes a confirmed video.
 * - §4.3 Confirm is safe to repeat and to run in parallel, also from several processes: one outcome, the same answer.
 * - §4.4 Content that could not be determined is kept and is neither a match nor a mismatch.
 * - §4.5 Abort releases what an unconfirmed upload holds, and changes nothing about a confirmed one.
 * - §4.6 Delete hides first, then purges; an upload id is used once.
 * - §4.7 Only the provider's own "no such video" is absence; everything else is an error.
 * - §4.8 One stalled request keeps nobody waiting; a creation of unknown outcome is looked up and released.
 * - §4.9 Nothing personal reaches viewers, and a grant opens no more than was granted.
 * - §4.10 Everything unfinished is swept.
 */
export interface VideoStorage {
  /** `cloudflare-stream`, `s3-cloudfront`, `local`, … */
  readonly backendName: string;
  /** Present when large files are uploaded in parts. */
  readonly multipart?: MultipartUploads;
  /** Present when the provider sends webhooks. */
  readonly webhooks?: Webhooks;
  /** Present when unfinished uploads and deletes leave something that only this storage can free. */
  readonly maintenance?: Maintenance;
  /**
   * Creates an upload: a ticket with which one browser uploads one video. Validated, rate-limited, logged. The same
   * `uploadId` gives the same video, and is used once: after its confirm or a delete it creates nothing (§4.6). An error of unknown
   * outcome carries `uploadId`, and what may have been created is released within the call (§4.8).
   * @throws {ValidationError} with every problem @throws {RateLimitedError} @throws {ConflictError} the id was confirmed
   * @throws {VideoNotFoundError} the id was deleted, cancelled or refused, or belongs to another user
   */
  getUploadUrl(request: UploadRequest, options?: CallOptions): Promise<UploadTicket>;
  /**
   * Completes a multipart upload, verifies that what arrived is what was declared, and publishes the video. Safe to
   * repeat, in parallel, and from several processes: the same answer each time, a refusal's too (§4.3). Finishes what a
   * crash interrupted.
   * @throws {NotUploadedError} nothing, or not everything, has arrived yet
   * @throws {ContentMismatchError} proven to contradict what was declared or limited; the bytes are deleted
   * @throws {ContentUnverifiableError} could not be determined; the bytes are kept, see `acceptUnverified`
   * @throws {VideoNotFoundError} forged or foreign reference, or the upload was aborted or its video deleted
   * @throws {UploadExpiredError} the reference has ended
   */
  confirmUpload(uploadReference: string, options: ConfirmOptions): Promise<VideoMetadata>;
  /**
   * Cancels an upload: reservations, parts and half-sent bytes are released. Safe to repeat, also when the reference has
   * expired. On a confirmed upload it changes nothing and succeeds: `deleteVideo` deletes (§4.5).
   * @throws {VideoNotFoundError} forged or foreign reference
   */
  abortUpload(uploadReference: string, options: UploadCallOptions): Promise<void>;
  /**
   * Issues a playback grant without asking the storage: for an unknown, unconfirmed or deleted id the URL answers 403 or 404.
   * A grant to stream does not open the original; nothing personal stands in it but `downloadName` (§4.9).
   * @throws {ValidationError} @throws {RateLimitedError} @throws {VideoNotFoundError} no id of this storage
   */
  getPlaybackUrl(videoId: string, options?: PlaybackOptions): Promise<Playback>;
  /**
   * Hides the video, then purges the edge, then frees old versions; missing is success. Repeat until `purged`. A step that
   * fails never makes the video visible again (§4.6).
   */
  deleteVideo(videoId: string, options?: CallOptions): Promise<Deletion>;
  /** Whether it is confirmed and not deleted. False only for the provider's own "not found"; an outage throws (§4.7). */
  videoExists(videoId: string, options?: CallOptions): Promise<boolean>;
  /** All that the storage knows of one confirmed video. @throws {VideoNotFoundError} */
  getVideoMetadata(videoId: string, options?: CallOptions): Promise<VideoMetadata>;
  /** Confirmed videos, each once, in the order of the backend's keys: sorting is the records' matter. */
  listVideos(options?: ListOptions): Promise<VideoPage>;
  /** A month's cost, itemised, from a dated price table. Computed locally. */
  estimateCost(usage: Usage): CostEstimate;
}

/** Uploading in parts. Completing is part of `confirmUpload`, aborting of `abortUpload`. Fits S3 parts and Azure blocks. */
export interface MultipartUploads {
  /**
   * Signs 1–100 parts, just before they are sent.
   * @throws {ValidationError} numbers out of range @throws {VideoNotFoundError} forged or foreign reference
   */
  signParts(
    uploadReference: string,
    partNumbers: readonly number[],
    options: UploadCallOptions,
  ): Promise<readonly SignedPart[]>;
  /** The parts that the storage holds, all of them. */
  listParts(uploadReference: string, options: UploadCallOptions): Promise<readonly UploadedPart[]>;
}

/** Receiving the provider's webhooks. Subscribing is a method of the concrete class. */
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
  /** The same for every delivery of the same event. */
  readonly eventKey: string;
  /** The video that it is about. */
  readonly videoId: string;
  /** When it happened, as the provider says. */
  readonly occurredAt?: Timestamp;
}

/** How far a delete has come. */
export interface Deletion {
  /** False while a grant may still open it at an edge (seconds on CloudFront). */
  readonly purged: boolean;
  /** True when versions may not be removed (S3 Object Lock): hidden and purged, but still stored and paid for. Absent = no. */
  readonly retained?: boolean;
}

/** Finishing and freeing what crashed, closed or forgotten uploads leave. */
export interface Maintenance {
  /**
   * Finishes begun confirms and deletes, and frees what is older than any reference can live (48 h) and not ready. Safe to
   * run on many processes at once. One item that fails does not stop the others. Call again while `more`.
   */
  sweep(options?: SweepOptions): Promise<StorageSweep>;
}

/** Options of `maintenance.sweep`. */
export interface SweepOptions extends CallOptions {
  /** How many items are examined at most, 1–10 000. Default 1 000. */
  readonly limit?: number | undefined;
  /** Reports what would be done and changes nothing. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** What one run of `maintenance.sweep` found and did (with `dryRun`: would have done). */
export interface StorageSweep {
  /** Items that were looked at. */
  readonly examined: number;
  /** Confirms and deletes that were begun elsewhere and have been brought to their end. */
  readonly finished: number;
  /** Uploads, sources and records that were freed. */
  readonly released: number;
  /** Bytes that were freed, as far as the storage knows them. */
  readonly bytesReleased: number;
  /** Items that failed; the next run examines them again. */
  readonly failures: readonly {
    /** Upload id or key of the item. */
    readonly id: string;
    /** Code of the error, or `INTERNAL`. */
    readonly code: string;
  }[];
  /** True when the limit ended the run. */
  readonly more: boolean;
}

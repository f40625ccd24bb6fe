import type { CostEstimate, Usage } from './cost.ts';
import type { Playback, PlaybackOptions } from './playback.ts';
import type { Timestamp } from './primitives.ts';
import type { RateLimitCount } from './rate-limit.ts';
import type { SignedPart, UploadedPart, UploadRequest, UploadTicket } from './upload.ts';
import type { VideoMetadata, VideoPage } from './video-metadata.ts';

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call, which then throws the signal's own reason, unchanged. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Deadline of the whole call in milliseconds, retries included: 1–2 147 483 647. Default 10 000. When a call fails,
   * releasing what it created may take another 5 000 ms.
   */
  readonly timeoutMs?: number | undefined;
  /** Id of the host app's request; logged with every event. */
  readonly requestId?: string | undefined;
  /**
   * Called by `getUploadUrl` and `getPlaybackUrl` with the state of the rate limits in which the call was counted, for
   * instance to send `RateLimit` headers. A call over a limit throws `RateLimitedError` instead.
   */
  readonly onRateLimit?: ((counts: readonly RateLimitCount[]) => void) | undefined;
}

/** Options of a call on an upload: only the user to whom the ticket was issued may act on it. */
export interface UploadCallOptions extends CallOptions {
  /** Must be the user for whom the ticket was created; otherwise the call throws `VideoNotFoundError`. */
  readonly userId: string;
}

/** Options of `confirmUpload`. */
export interface ConfirmOptions extends UploadCallOptions {
  /**
   * Publishes a video whose content could not be determined, with the facts that are known, instead of throwing
   * `ContentUnverifiableError`. The server decides this: never pass on a value from a browser. Default false.
   */
  readonly acceptUnverified?: boolean | undefined;
}

/** Options of `listVideos`. A storage does not filter; `VideoService` does. */
export interface ListOptions extends CallOptions {
  /** Videos per page, 1–1000. Default 100. */
  readonly limit?: number | undefined;
  /** `cursor` of the previous page; opaque. Absent: the first page. */
  readonly cursor?: string | undefined;
}

/**
 * The interface that every backend implements. Its optional members (`multipart`, `webhooks`, `maintenance`) are called
 * facets. The first ten lines of its contract follow in short; other comments refer to them by number (contract 6).
 * `docs/contract.md` of the repository has all lines in full. The conformance suite (`describeVideoStorage` of
 * `@videostorage/testing`) names its cases after them. A backend that cannot pass a case names it under `exceptions` in
 * its conformance test, and in its README.
 *
 * 1. A video exists from its first successful confirm on; before that no call finds it and no grant opens its bytes.
 * 2. What was verified is what is served: using a ticket, form or part URL again, or late, does not change a confirmed
 * video.
 * 3. Confirm is safe to repeat and to run in parallel, also from several processes: every call gets the same answer.
 * 4. Content that could not be determined is kept and is neither a match nor a mismatch.
 * 5. Abort releases what an unconfirmed upload holds, and changes nothing about a confirmed one.
 * 6. Delete makes the video unavailable first, then purges the CDN. The id of a confirmed or deleted upload is not used
 * again.
 * 7. A video is absent only when the provider itself says so; any other failure is an error.
 * 8. A stalled request does not use up the call's deadline; an upload whose creation has an unknown outcome is released.
 * 9. Viewers receive no personal data, and a grant opens no more than was requested.
 * 10. `maintenance.sweep` finishes or frees everything that was left unfinished.
 */
export interface VideoStorage {
  /** `cloudflare-stream`, `s3-cloudfront`, `local`, … */
  readonly backendName: string;
  /** Present when large files are uploaded in parts. */
  readonly multipart?: MultipartUploads;
  /** Present when the provider sends webhooks. */
  readonly webhooks?: Webhooks;
  /** Present when unfinished uploads or deletes leave something behind that only this storage can free. */
  readonly maintenance?: Maintenance;
  /**
   * Creates an upload and returns the ticket with which one browser sends one video. The request is validated, counted by
   * the rate limits, and logged. The same `uploadId` leads to the same video; once that video is confirmed or deleted,
   * the id cannot be used again (contract 6). When it is unknown whether the provider created the upload, the error
   * carries `uploadId`, and the upload is released within the call (contract 8).
   * @throws {ValidationError} with every problem @throws {RateLimitedError}
   * @throws {ConflictError} the upload with this `uploadId` is already confirmed
   * @throws {VideoNotFoundError} the upload with this `uploadId` was deleted, cancelled or refused, or belongs to another
   * user
   */
  getUploadUrl(request: UploadRequest, options?: CallOptions): Promise<UploadTicket>;
  /**
   * Completes a multipart upload, verifies that what arrived matches what was declared, and publishes the video. Safe to
   * repeat and to run in parallel, even from several processes: every call gets the same answer, also when that is a
   * refusal (contract 3). A confirm that a crash interrupted is finished by the next one.
   * @throws {NotUploadedError} nothing, or not everything, has arrived yet
   * @throws {ContentMismatchError} the content contradicts what was declared, or exceeds a limit; the bytes are deleted
   * @throws {ContentUnverifiableError} the content could not be determined; the bytes are kept, see `acceptUnverified`
   * @throws {VideoNotFoundError} forged reference or another user's, or the upload was cancelled or its video deleted
   * @throws {UploadExpiredError} the reference has expired
   */
  confirmUpload(uploadReference: string, options: ConfirmOptions): Promise<VideoMetadata>;
  /**
   * Cancels an upload and frees what it holds at the provider: sent bytes, parts, reserved minutes. Safe to repeat, even
   * when the reference has expired. For a confirmed upload the call succeeds and changes nothing (contract 5); delete
   * that video with `deleteVideo`.
   * @throws {VideoNotFoundError} forged reference, or another user's
   */
  abortUpload(uploadReference: string, options: UploadCallOptions): Promise<void>;
  /**
   * Issues a playback grant, normally without a request to the provider (exceptions:
   * `CloudflareStreamStorage.getPlaybackUrl`). So it does not check whether the video exists: for an unknown, unconfirmed
   * or deleted video the grant's URL answers 403 or 404. A grant to stream does not open the original file. The only
   * personal data that a grant may contain is `downloadName` (contract 9).
   * @throws {ValidationError} @throws {RateLimitedError} @throws {VideoNotFoundError} not an id of this storage
   */
  getPlaybackUrl(videoId: string, options?: PlaybackOptions): Promise<Playback>;
  /**
   * Deletes a video: makes it unavailable at the storage, purges its copies from the CDN, then deletes the bytes, old
   * versions included. Succeeds when the video does not exist. Call it again until `purged` is true. When a step fails,
   * the video stays unavailable (contract 6).
   */
  deleteVideo(videoId: string, options?: CallOptions): Promise<Deletion>;
  /** Whether the video is confirmed and not deleted. False only when the provider says so; an outage throws (contract 7). */
  videoExists(videoId: string, options?: CallOptions): Promise<boolean>;
  /** What the storage knows about one confirmed video. @throws {VideoNotFoundError} no such video, or not confirmed */
  getVideoMetadata(videoId: string, options?: CallOptions): Promise<VideoMetadata>;
  /** Lists one page of the confirmed videos, each once, in the order of the backend's keys. `VideoService` lists them by time. */
  listVideos(options?: ListOptions): Promise<VideoPage>;
  /**
   * Estimates the cost of one month, itemised, from a dated price table. Makes no request.
   * @throws {ValidationError} a member of `usage` is not a number of at least 0
   */
  estimateCost(usage: Usage): CostEstimate;
}

/** Uploads in parts. `confirmUpload` completes them, `abortUpload` releases them. */
export interface MultipartUploads {
  /**
   * Signs 1–100 parts, just before they are sent.
   * @throws {ValidationError} part numbers out of range @throws {UploadExpiredError} the ticket has expired
   * @throws {VideoNotFoundError} forged reference, or another user's
   */
  signParts(
    uploadReference: string,
    partNumbers: readonly number[],
    options: UploadCallOptions,
  ): Promise<readonly SignedPart[]>;
  /** All parts of an upload that have arrived at the storage. */
  listParts(uploadReference: string, options: UploadCallOptions): Promise<readonly UploadedPart[]>;
}

/**
 * Receives webhooks from the provider. To subscribe, use the backend's own class, for instance
 * `StreamWebhooks.subscribe`.
 */
export interface Webhooks {
  /**
   * Verifies the signature of the raw body, then parses the body.
   * @throws {WebhookRefusedError} not signed by the provider, too old, or not readable
   */
  parse(request: WebhookRequest): Promise<readonly WebhookEvent[]>;
}

/** A webhook request as it was received. */
export interface WebhookRequest {
  /** The body, byte for byte: one that was parsed and serialised again does not verify. */
  readonly rawBody: Uint8Array;
  /** Header values by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A hint that a video changed. Read its state from the storage afterwards. */
export interface WebhookEvent {
  /** The same for every delivery of the same event. */
  readonly eventKey: string;
  /** The video that changed. */
  readonly videoId: string;
  /** When it happened, according to the provider. */
  readonly occurredAt?: Timestamp;
}

/** How far a deletion has progressed. */
export interface Deletion {
  /** False while a copy at the CDN may still be playable with an existing grant; on CloudFront for some seconds. */
  readonly purged: boolean;
  /**
   * True when the storage keeps bytes that may not be removed yet (S3 Object Lock): the video cannot be played, but is
   * still stored and billed. Default false.
   */
  readonly retained?: boolean;
}

/** Finishes and frees what crashes and abandoned uploads have left in the storage. */
export interface Maintenance {
  /**
   * Finishes interrupted confirms and deletes, and frees uploads that were not confirmed within 48 h, the longest
   * lifetime of an upload reference. Safe to run in many processes at the same time. An item that fails does not stop the
   * others. Call it again while the result says `more`.
   */
  sweep(options?: SweepOptions): Promise<StorageSweep>;
}

/** Options of `maintenance.sweep`. */
export interface SweepOptions extends CallOptions {
  /** How many items are examined, 1–10 000. Default 1 000. */
  readonly limit?: number | undefined;
  /** Reports what would be done and changes nothing. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** What one run of `maintenance.sweep` found and did (with `dryRun`: would have done). */
export interface StorageSweep {
  /** Items that were examined. */
  readonly examined: number;
  /** Interrupted confirms and deletes that were finished. */
  readonly finished: number;
  /** Uploads, copies of their bytes, and records that were freed. */
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
  /** True when `limit` ended the run before everything was examined. */
  readonly more: boolean;
}

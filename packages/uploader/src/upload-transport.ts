import type {
  ConfirmUploadBody,
  SignedPart,
  UploadRequestBody,
  UploadState,
  UploadTicket,
  VideoMetadata,
} from '@videostorage/core';

/** Options of one call to the host app. */
export interface TransportOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The key that makes repeating safe: a repeated request with it gets the same upload. Sent with `getUploadUrl` only.
   */
  readonly idempotencyKey?: string | undefined;
}

/**
 * How the uploader reaches the host app. `createHttpTransport(endpoint)` uses the routes of `@videostorage/http`; a host app may
 * write its own. Every method rejects with an error of `@videostorage/core`, whose `retryable` decides whether the call is retried.
 */
export interface UploadTransport {
  /** Creates an upload; the same idempotency key gets the same ticket. */
  getUploadUrl(request: UploadRequestBody, options: TransportOptions): Promise<UploadTicket>;
  /** The state of an upload; while it is pending, with its ticket and the parts that have arrived. */
  getUpload(uploadReference: string, options: TransportOptions): Promise<UploadState>;
  /** Signs the URLs of 1–100 parts of a multipart upload. */
  signParts(
    uploadReference: string,
    partNumbers: readonly number[],
    options: TransportOptions,
  ): Promise<readonly SignedPart[]>;
  /** Confirms what arrived, which makes it a video; safe to repeat. */
  confirmUpload(uploadReference: string, body: ConfirmUploadBody, options: TransportOptions): Promise<VideoMetadata>;
  /** Cancels an upload and frees what it holds. For a confirmed upload the call succeeds and changes nothing. */
  abortUpload(uploadReference: string, options: TransportOptions): Promise<void>;
  /** A confirmed video; called again and again while it is being processed. */
  getVideo(videoId: string, options: TransportOptions): Promise<VideoMetadata>;
}
